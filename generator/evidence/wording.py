"""The sentences of the evidence in the project's two languages, by check and reason; places are filled in.

Written for a reader who knows no statistics: what was done, and what follows. The numbers stand beside them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from generator.text import Text, bilingual

CHECKS: Mapping[str, Text] = MappingProxyType(
    {
        "looks": bilingual("Where it looks", "看哪裡"),
        "faithful": bilingual("Faithful to the model", "是否忠於模型"),
        "class": bilingual("Depends on the class", "是否隨類別改變"),
        "weights": bilingual("Depends on what was learned", "是否隨學到的權重改變"),
        "fit": bilingual("LIME's fit", "LIME 的擬合"),
        "repeat": bilingual("Comes again", "是否可重現"),
    }
)

TOO_FEW = bilingual("Too few images to say.", "圖片太少，無法判斷。")
TOO_COSTLY = bilingual(
    "Not measured: one map takes too many model passes to repeat it on further images.",
    "未測量：一張圖需要的模型運算太多，無法在更多圖片上重做。",
)
EMPTY = bilingual(
    "Too many of the maps are empty to say.",
    "太多張圖是空的，無法判斷。",
)
NOT_REPRODUCIBLE = bilingual(
    "Nothing to say: with other random numbers the maps themselves change.",
    "無法判斷：只換亂數，圖本身就變了。",
)
SAME = bilingual(
    "Nothing to say: the map is the same for every picture.",
    "無法判斷：不管哪張圖片，畫出來的都一樣。",
)

SENTENCES: Mapping[str, Text] = MappingProxyType(
    {
        "looks.looks": bilingual(
            "Marked beyond what area, a central blob and untrained networks explain: {regions}.",
            "標在{regions}的比例，高於面積、中央光斑和未訓練的網路。",
        ),
        "looks.untrained_too": bilingual(
            "Over its area, but so it is in a random network.",
            "高於面積比例，但隨機網路也一樣。",
        ),
        "looks.blob_too": bilingual(
            "Over its area, but so is a blob in the middle of the picture.",
            "高於面積比例，但畫面中央的一團光斑也一樣。",
        ),
        "looks.untrained_untested": bilingual(
            "Over its area; this method is not compared with untrained networks.",
            "高於面積比例；這個方法沒有與未訓練的網路比較。",
        ),
        "looks.not_over_area": bilingual(
            "Of none of the named regions is it certain that it is marked beyond its area.",
            "沒有一個區域能確定被標出的比例高於它的面積。",
        ),
        "looks.no_regions": bilingual("No regions are named in the report.", "報告沒有定義任何區域。"),
        "faithful.beats_all": bilingual(
            "Covering what it marks hurts more than maps that ignore the model.",
            "遮住它標出的地方，比不看模型的圖更傷預測。",
        ),
        "faithful.blob_as_good": bilingual(
            "Better than chance, but a central blob does as well.",
            "勝過亂猜，但中央一團光斑也做得到。",
        ),
        "faithful.change_as_good": bilingual(
            "Better than chance, but marking what a blur changes does as well.",
            "勝過亂猜，但只標出模糊後有變化的地方也做得到。",
        ),
        "faithful.untrained_as_good": bilingual(
            "Better than chance, but the map of an untrained network does as well.",
            "勝過亂猜，但沒訓練的網路畫的圖也做得到。",
        ),
        "faithful.not_above_zero": bilingual(
            "Covering what it marks does not measurably hurt more than covering what it does not.",
            "遮住它標出的地方，量不出比遮住其他地方更傷預測。",
        ),
        "faithful.nothing_hides_the_class": bilingual(
            "Nothing to say: even a strong blur of the whole picture leaves the class recognisable.",
            "無法判斷：整張圖強烈模糊後，類別仍然認得出來。",
        ),
        "class.changes": bilingual("Another class gives another map.", "換一個類別，圖就不同。"),
        "class.partly": bilingual("Part of the map stays for another class.", "換類別，圖有一部分不變。"),
        "class.stays": bilingual("Nearly the same map for another class.", "換類別，圖幾乎不變。"),
        "class.two_classes": bilingual(
            "Nothing to say: with two classes one map is the negative of the other.",
            "無法判斷：只有兩個類別時，兩張圖互為正負。",
        ),
        "weights.changes": bilingual("An untrained network gives another map.", "用沒訓練的網路，圖就不同。"),
        "weights.partly": bilingual(
            "Part of the map stays in an untrained network.", "用沒訓練的網路，圖有一部分不變。"
        ),
        "weights.stays": bilingual("Nearly the same map from an untrained network.", "用沒訓練的網路，圖幾乎不變。"),
        "weights.outputs_only": bilingual(
            "Not tested: this method sees only the model's outputs.",
            "未測試：這個方法只看模型的輸出。",
        ),
        "weights.untested": bilingual("Not compared with untrained networks.", "沒有與未訓練的網路比較。"),
        "weights.dead_network": bilingual(
            "Nothing to say: the untrained network answers the same to every picture.",
            "無法判斷：沒訓練的網路對每張圖片的回答都一樣。",
        ),
        "fit.fits": bilingual(
            "The superpixels explain the score well, and the leading ones would come again.",
            "超像素能解釋分數，而且重做一次，排在前面的仍會出現。",
        ),
        "fit.fits_partly": bilingual(
            "The superpixels explain only part of the score.",
            "超像素只能解釋分數的一部分。",
        ),
        "fit.fits_badly": bilingual(
            "The superpixels hardly explain the score: do not read single ones.",
            "超像素幾乎無法解釋分數：不要逐塊解讀。",
        ),
        "fit.unstable": bilingual(
            "Another draw would put other superpixels first: double “num_samples”.",
            "重抽一次，排在前面的超像素就會不同：請把「num_samples」加倍。",
        ),
        "fit.double_samples": bilingual(
            "Some leading superpixels would change with another draw: double “num_samples”.",
            "重抽一次，排在前面的超像素有些會變：請把「num_samples」加倍。",
        ),
        "repeat.repeats": bilingual("Other random numbers give nearly the same map.", "換亂數，圖幾乎相同。"),
        "repeat.raise_samples": bilingual(
            "Single pixels change with other random numbers: raise “samples”.",
            "換亂數，個別像素會變：請提高「samples」。",
        ),
    }
)
ANY: Mapping[str, Text] = MappingProxyType(
    {
        "too_few": TOO_FEW,
        "too_costly": TOO_COSTLY,
        "empty": EMPTY,
        "not_reproducible": NOT_REPRODUCIBLE,
        "same_for_every_picture": SAME,
    }
)
AT_HOME = bilingual(
    "It covers parts of the picture itself, so this test suits it.",
    "這個方法本來就是靠遮擋，所以這項測試對它有利。",
)
BEATS_AVERAGE = bilingual(
    "The map of this very picture does better than the average map of the others.",
    "這張圖片自己的圖，比其他圖片的平均圖更好。",
)
AVERAGE_AS_GOOD = bilingual(
    "The average map of other pictures does as well.",
    "其他圖片的平均圖也一樣好。",
)
NUMBERS: Mapping[str, Text] = MappingProxyType(
    {
        "looks": bilingual(
            "{region}: {share} of the map on {area} of the picture", "{region}：{area} 的面積，占圖的 {share}"
        ),
        "faithful": bilingual("gap {value}", "差距 {value}"),
        "class": bilingual("{value} of the map stays", "圖保留 {value}"),
        "weights": bilingual("{value} of the map stays", "圖保留 {value}"),
        "fit": bilingual(
            "R² {value}, stability {stability} (by chance {chance})",
            "R² {value}，穩定度 {stability}（隨機為 {chance}）",
        ),
        "repeat": bilingual("rank correlation {value} by pixel", "逐像素等級相關 {value}"),
    }
)
INTERVAL = bilingual(" ({low} to {high}), {n} images", "（{low} 到 {high}），{n} 張圖片")
RULES: Mapping[str, Text] = MappingProxyType(
    {
        "random_correct": bilingual(
            "Measured on {n} images drawn at random, balanced by class and predicted right; the figure shows others.",
            "在隨機抽出、各類別平均且預測正確的 {n} 張圖片上測量；圖中展示的是另外挑選的圖片。",
        ),
        "random_predicted": bilingual(
            "Measured on {n} images drawn at random, as balanced by predicted class as they allow; nobody knows "
            "whether the predictions are right.",
            "在隨機抽出、依預測類別儘量平均的 {n} 張圖片上測量；預測是否正確並不知道。",
        ),
    }
)
