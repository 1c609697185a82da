"""What the embedded model's card says of its sense is what the model does."""

import re

from build.paths import ROOT
from build.site import site
from build.train.sense import EVERY, LENGTH, TEMPERATURE, read_sentences, scores
from build.train.writing import continuations

FOLDER = ROOT / "weights" / site.MODEL


def test_the_card_says_how_many_everyday_sentences_the_model_finishes_and_how():
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    session, tokenizer = site.load_model(FOLDER)
    for group, sentences in read_sentences().items():
        assert len(sentences) == 20
        first, few = scores(sentences, session, tokenizer)
        assert re.search(rf"^\| {group} \| {first} of 20 \| {few} of 20 \|", card, re.MULTILINE)
    prompts = [text for sentences in read_sentences().values() for text in sentences][::EVERY]
    assert continuations(prompts, session, tokenizer, LENGTH, TEMPERATURE, 0) in card
