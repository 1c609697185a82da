"""An opened number on the page: addresses and places of the picture lead to each other, and no name is read as HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.site.languages import texts_of
from model.arithmetic.address import INSIDE, OUTSIDE, WEIGHTS, WEIGHTS_OF_A_BLOCK
from model.explain.pictures.heatmap import edges
from page.figure import addresses
from page.panels.number import opened, titles, weights
from page.text.words import Words
from tests.unit.page.answers import answers

HOSTILE = "<img src=x onerror=alert(1)>"
WORDS = Words("en", texts_of)
VIEW = {"block": 2, "head": 1, "first": 0, "n_embd": 256, "n_head": 4, "d_mlp": 1024, "cells": 32}


@pytest.mark.parametrize("block", [0, 2])
@pytest.mark.parametrize("strip", addresses.STRIPS)
def test_a_cell_of_a_strip_has_an_address_that_leads_back_to_it(strip, block):
    view = {**VIEW, "block": block}
    address = addresses.of_strip(strip, 3, 9, view)
    name, of, place = addresses.read(address)
    assert of in (None, 0 if strip == "embedded" else block) and place[0] == 3
    assert addresses.head_of(address) == {"q": 1, "k": 1, "v": 1, "z": 1}.get(strip)
    same = "resid_pre" if strip == "embedded" and block == 0 else strip  # two columns show the first block's input
    assert addresses.strip_of(address, view) == same
    elsewhere = "embedded" if of == 0 and name == "resid_pre" else "" if of is not None else strip
    assert addresses.strip_of(address, {**view, "block": 4}) == elsewhere


@pytest.mark.parametrize("name", [*OUTSIDE, *INSIDE, *WEIGHTS, *WEIGHTS_OF_A_BLOCK])
def test_something_in_the_picture_stands_for_every_number(name):
    before = "blocks.2." if name in INSIDE else "h.2." if name in WEIGHTS_OF_A_BLOCK else ""
    address, elsewhere = before + name + "[1, 1, 1]", {**VIEW, "block": 4}
    if name in (*addresses.SQUARES, *addresses.OF_THE_LIST):
        return
    places = (addresses.strip_of, addresses.near, addresses.sign_of)
    assert [place for place in places if place(address, VIEW)]
    assert not before or not [place for place in places if place(address, elsewhere)]


def test_no_name_of_a_token_is_read_as_html():
    """Of a vocabulary that somebody else has made."""
    answer, found = answers()["short"][1], answers()["inspected"]
    for token in answer["tokens"]:
        token["shown"] = HOSTILE
    pages = []
    for one in found:
        one["shown"] = one["shown"] and HOSTILE
        pages.append(titles.title(one["address"], answer, one["shown"], WORDS) + opened.opened(one, answer, WORDS))
    assert [page for page in pages if "<img" in page] == []
    assert sum("&lt;img" in page for page in pages) > 40


@given(st.integers(1, 4000), st.integers(1, 4000), st.data())
def test_a_cell_of_the_weights_leads_to_the_weight_with_which_it_begins_and_back(height, width, data):
    """Cells are stretches as the worker cuts them."""
    look = {"top": 7, "left": 11, "height": height, "width": width, "rows": min(64, height), "columns": min(64, width)}
    row, column = data.draw(st.integers(0, look["rows"] - 1)), data.draw(st.integers(0, look["columns"] - 1))
    across, down = (column + 0.5) / look["columns"], (row + 0.5) / look["rows"]
    address = weights.at(look, "h.0.mlp.c_fc.weight[0, 0]", across, down)
    assert weights.cell_of(look, address) == (row, column)
    down_edges, across_edges = edges(height, 64), edges(width, 64)
    assert addresses.read(address)[2] == [7 + down_edges[row], 11 + across_edges[column]]
    last = [7 + int(down_edges[row + 1]) - 1, 11 + int(across_edges[column + 1]) - 1]
    assert weights.cell_of(look, f"h.0.mlp.c_fc.weight{last}") == (row, column)
