"""Grids of units, matrices and tables."""

import pytest

from generator.pages.blocks import Matrix, Table
from tests.fixtures.report_fixture import (
    figure,
    page,
)


@pytest.fixture(scope="module")
def english():
    return page("en")


class TestOtherBodies:
    """Grids, matrices and tables."""

    def test_filters_in_a_grid_with_their_numbers(self, english):
        """Eight columns leave no ragged row; a dead filter is named so."""
        grid = figure(english, "filters").bodies[0]
        assert grid.columns == 8
        assert [cell.short for cell in grid.cells] == [str(n) for n in range(32)]
        assert [cell.short for cell in grid.cells if cell.remark] == ["5"]
        assert grid.cells[0].lines[0] == "reached 1"
        assert grid.sheet is not None

    def test_outputs_stand_beside_their_image(self, english):
        """The face, then the filters."""
        grid = figure(english, "feature_maps").bodies[0]
        assert grid.face.role == "image"
        assert len(grid.cells) == 8

    def test_the_matrix_has_counts_and_row_percent(self, english):
        """Row by row, with recall, precision and accuracy."""
        matrix = figure(english, "confusion_matrix").bodies[0]
        assert isinstance(matrix, Matrix)
        assert matrix.rows[0].cells[0].count == 312
        assert matrix.rows[0].cells[0].share == "81%"
        assert matrix.rows[0].recall == "81.2%"
        assert sum(cell.count for row in matrix.rows for cell in row.cells) == 3138
        assert matrix.summary == "83.9% of 3,138 are right"

    def test_a_cell_leads_to_an_example_of_its_confusion(self, english):
        """Fear taken for Neutral is shown in the first figure; what no figure shows leads nowhere."""
        matrix = figure(english, "confusion_matrix").bodies[0]
        assert matrix.rows[2].cells[6].href == "#" + figure(english, "saliency").bodies[0].rows[2].anchor
        assert matrix.rows[6].cells[2].href == ""

    def test_predictions_are_a_table_of_probabilities(self, english):
        """A face, its label and every class."""
        table = figure(english, "predictions").bodies[0]
        assert isinstance(table, Table)
        assert table.rows[2][1:] == ("Fear", "2.0%", "2.0%", "30.0%", "2.0%", "2.0%", "2.0%", "60.0%")
        assert len(table.images) == 7
