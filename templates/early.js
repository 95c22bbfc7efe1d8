(function () {
  var stored = function (key) { try { return localStorage.getItem(key); } catch (error) { return null; } };
  var theme = stored("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
