"""Byte-level BPE, GPT-2's tokenizer, from a Hugging Face tokenizer.json.

Text becomes ids in four steps. Added tokens such as `<|endoftext|>` are found in the text; what lies between
them is cut into words; each UTF-8 byte of a word becomes a symbol; and the pair of neighbours that training
merged first is merged, again and again, until no neighbours can be. Every text has ids, and the ids give back
its exact bytes.

Sources: Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units",
section 3.2 (BPE); Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2 (of
bytes). The ids are those of Hugging Face's `tokenizers` library.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import pairwise

from model import shallow_json
from model.unicode_classes import LETTERS, NUMBERS, SPACES

# GPT-2's pattern, with \p{L}, \p{N} and \s spelled out. A word takes one space before it along; of a longer
# run of whitespace, all but the last character is a word of its own.
WORD = re.compile(
    r"'s|'t|'re|'ve|'m|'ll|'d"
    rf"| ?[{LETTERS}]+| ?[{NUMBERS}]+| ?[^{SPACES}{LETTERS}{NUMBERS}]+"
    rf"|[{SPACES}]+(?![^{SPACES}])|[{SPACES}]+"
)

# Vocabularies are written with one printable character for each byte: its own if that prints, else one from
# U+0100 on (bytes_to_unicode in GPT-2's encoder.py).
_PRINTABLE = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
_UNPRINTABLE = [byte for byte in range(256) if byte not in _PRINTABLE]
BYTE_OF_CHARACTER = {chr(byte): byte for byte in _PRINTABLE} | {chr(256 + i): b for i, b in enumerate(_UNPRINTABLE)}
_TO_LATIN_1 = str.maketrans(BYTE_OF_CHARACTER)

# What a reader would not see: control and format characters, and broken bytes as surrogateescape has them.
_UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\udc80-\udcff]+")

_GONE = -1  # the id of a symbol merged into the one before it
_CACHED_WORD_LENGTH = 64  # bytes; longer words are rare, and rarely seen twice


class TokenizerError(ValueError):
    """The tokenizer.json, the text or the id cannot be used; the message says why."""


class Tokenizer:
    """GPT-2's tokenizer over one vocabulary. Make one with `Tokenizer.from_json`."""

    def __init__(
        self,
        vocab: dict[str, int],
        merges: list[tuple[str, str]],
        added_tokens: list[dict],
        add_prefix_space: bool,
    ) -> None:
        self.add_prefix_space = add_prefix_space
        self._added_ids = {token["content"]: token["id"] for token in added_tokens}
        if clashes := [text for text, id in self._added_ids.items() if vocab.get(text, id) != id]:
            raise TokenizerError(f"the added token {clashes[0]!r} has another id in the vocabulary")
        self._text_of_id = _in_order_of_id(vocab | self._added_ids)
        self._id_of_byte = _byte_ids(vocab)
        _check_alphabet(vocab.keys() - self._added_ids.keys())
        self.ranks, self._merged_ids = _merge_tables(vocab, merges)
        # The library looks for the added tokens marked `normalized` only between the others.
        plain = [token["content"] for token in added_tokens if not token.get("normalized")]
        normalized = [token["content"] for token in added_tokens if token.get("normalized")]
        self._added_patterns = [_any_of(contents) for contents in (plain, normalized) if contents]
        self._merge_short_word = lru_cache(maxsize=20_000)(self._merge_word)

    @classmethod
    def from_json(cls, text: str | bytes | dict) -> "Tokenizer":
        """A tokenizer from tokenizer.json, as text or already parsed.

        `truncation` and `padding` are settings for batches and have no effect here. Raises TokenizerError for
        a malformed file and for every other kind of tokenizer.
        """
        file = text if isinstance(text, dict) else _parse_json(text)
        model, pre_tokenizer = _read_parts(file)
        added_tokens = file.get("added_tokens") or []
        _check_added_tokens(added_tokens)
        return cls(model["vocab"], model["merges"], added_tokens, pre_tokenizer["add_prefix_space"])

    @property
    def vocab_size(self) -> int:
        """The number of ids; they go from 0 to vocab_size - 1."""
        return len(self._text_of_id)

    def encode(self, text: str) -> list[int]:
        """The ids of `text`, added tokens included. Raises TokenizerError for text with a lone surrogate."""
        _check_surrogates(text)
        return self._encode_between(self._added_patterns, text)

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """The bytes of `ids`; if from `encode`, the text's exact UTF-8 (with the prefix spaces, if any)."""
        return b"".join(map(self.token_bytes, ids))

    def decode(self, ids: Iterable[int]) -> str:
        """The text of `ids`; bytes that are no UTF-8, as in a character's first half, become U+FFFD."""
        return self.decode_bytes(ids).decode("utf-8", errors="replace")

    def token_bytes(self, id: int) -> bytes:
        """The bytes of one token. Raises TokenizerError for an id outside the vocabulary."""
        if not 0 <= id < self.vocab_size:
            raise TokenizerError(
                f"there is no token {id}: the ids of this tokenizer go from 0 to {self.vocab_size - 1}"
            )
        text = self._text_of_id[id]
        return text.encode() if text in self._added_ids else text.translate(_TO_LATIN_1).encode("latin-1")

    def display(self, id: int) -> str:
        """One token for a reader: ↵ for newline, ⇥ for tab, bytes as in ⟨E2 82⟩ for what else cannot be seen.

        Spaces stay as they are. Raises TokenizerError for an id outside the vocabulary.
        """
        text = self.token_bytes(id).decode("utf-8", errors="surrogateescape")
        text = _UNSEEN.sub(lambda unseen: _hex(unseen[0].encode(errors="surrogateescape")), text)
        return text.replace("\n", "↵").replace("\t", "⇥")

    def _encode_between(self, added_patterns: list[re.Pattern], text: str) -> list[int]:
        if not added_patterns:
            return self._encode_words(text)
        first, *rest = added_patterns
        ids = []
        for i, part in enumerate(first.split(text)):  # the odd parts are what the pattern matched
            if i % 2:
                ids.append(self._added_ids[part])
            elif part:
                ids += self._encode_between(rest, part)
        return ids

    def _encode_words(self, text: str) -> list[int]:
        if self.add_prefix_space and text and not text.startswith(" "):
            text = " " + text
        ids = []
        for word in WORD.findall(text):
            utf8 = word.encode()
            merge = self._merge_short_word if len(utf8) <= _CACHED_WORD_LENGTH else self._merge_word
            ids += merge(utf8)
        return ids

    def _merge_word(self, word: bytes) -> tuple[int, ...]:
        """The ids of one word, in O(n log n) steps for n bytes.

        The symbols are a ring, linked both ways, closed by one symbol that merges with nothing. A heap holds
        the possible merges as rank * n + position, so by rank and then from left to right; what an earlier
        merge undid is skipped.
        """
        end = len(word)
        symbols = [*map(self._id_of_byte.__getitem__, word), _GONE]
        before = [end, *range(end)]
        after = [*range(1, end + 1), 0]
        ranks = map(self.ranks.get, pairwise(symbols))
        heap = [rank * end + left for left, rank in enumerate(ranks) if rank is not None]
        heapify(heap)
        while heap:
            rank, left = divmod(heappop(heap), end)
            right = after[left]
            if self.ranks.get((symbols[left], symbols[right])) != rank:
                continue
            symbols[left], symbols[right] = self._merged_ids[rank], _GONE
            after[left] = after[right]
            before[after[right]] = left
            for start in (before[left], left):
                rank = self.ranks.get((symbols[start], symbols[after[start]]))
                if rank is not None:
                    heappush(heap, rank * end + start)
        return tuple(symbol for symbol in symbols if symbol != _GONE)


def _hex(data: bytes) -> str:
    return f"⟨{data.hex(' ').upper()}⟩"


def _parse_json(text: str | bytes) -> dict:
    try:
        file = shallow_json.parse(text)
    except ValueError as error:
        raise TokenizerError(f"tokenizer.json is not valid JSON: {error}") from error
    if not isinstance(file, dict):
        raise TokenizerError("tokenizer.json holds no JSON object")
    return file


def _read_parts(file: dict) -> tuple[dict, dict]:
    """The model and the pre-tokenizer, if the file describes nothing but byte-level BPE."""
    for name, kinds in {
        "model": ("BPE", None),  # early files do not say
        "normalizer": ("no",),
        "pre_tokenizer": ("ByteLevel",),
        "post_processor": ("no", "ByteLevel"),
        "decoder": ("no", "ByteLevel"),
    }.items():
        part = file.get(name)
        kind = part.get("type") if isinstance(part, dict) else "no" if part is None else repr(part)
        if kind not in kinds:
            raise TokenizerError(f"only GPT-2's kind of tokenizer can be read, but this one has {kind} {name}")
    model, pre_tokenizer = file["model"], file["pre_tokenizer"]
    if not isinstance(model.get("vocab"), dict) or not isinstance(model.get("merges"), list):
        raise TokenizerError("the model has no vocab and merges, so it is not BPE")
    for option in ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "ignore_merges"):
        if model.get(option):
            raise TokenizerError(f"the model sets {option}, which GPT-2's tokenizer does not")
    if not isinstance(pre_tokenizer.get("add_prefix_space"), bool):
        raise TokenizerError("the pre_tokenizer does not say whether to add_prefix_space")
    if not pre_tokenizer.get("use_regex", True):
        raise TokenizerError("the pre_tokenizer sets use_regex to false, but GPT-2's cuts text into words")
    return model, pre_tokenizer


def _check_added_tokens(added_tokens: object) -> None:
    if not isinstance(added_tokens, list):
        raise TokenizerError("added_tokens is not a list")
    for token in added_tokens:
        content = token.get("content") if isinstance(token, dict) else None
        if not (isinstance(content, str) and content and type(token.get("id")) is int):
            raise TokenizerError("an added token lacks its content or its id")
        _check_surrogates(content)
        for option in ("single_word", "lstrip", "rstrip"):
            if token.get(option):
                raise TokenizerError(f"the added token {content!r} sets {option}, which GPT-2's do not")


def _check_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise TokenizerError(
            f"the text has a lone surrogate (U+{ord(text[error.start]):04X}) at position {error.start}: "
            "half a character, which has no UTF-8 bytes"
        ) from error


def _in_order_of_id(ids: dict[str, int]) -> list[str]:
    """The tokens by id, if each has an id of its own and none is left out."""
    texts = dict(zip(ids.values(), ids, strict=True)) if all(type(id) is int for id in ids.values()) else {}
    if len(texts) < len(ids) or any(id not in texts for id in range(len(ids))):
        raise TokenizerError(f"the ids of the {len(ids)} tokens are not 0 to {len(ids) - 1}, each once")
    return [texts[id] for id in range(len(texts))]


def _check_alphabet(tokens: Iterable[str]) -> None:
    if strange := set().union(*tokens) - BYTE_OF_CHARACTER.keys():
        raise TokenizerError(
            f"a token has the character {min(strange)!r}, which stands for no byte in GPT-2's alphabet"
        )


def _byte_ids(vocab: dict[str, int]) -> list[int]:
    """The id of each byte, by byte."""
    try:
        return [vocab[character] for character in sorted(BYTE_OF_CHARACTER, key=BYTE_OF_CHARACTER.get)]
    except KeyError as error:
        raise TokenizerError(
            f"the vocabulary has no token {error} for byte {BYTE_OF_CHARACTER[error.args[0]]}"
        ) from error


def _merge_tables(vocab: dict[str, int], merges: list) -> tuple[dict[tuple[int, int], int], list[int]]:
    """The rank of each pair of ids that merges, and the merged id by rank. Merges are "a b" or ["a", "b"]."""
    ranks, merged_ids = {}, []
    for rank, merge in enumerate(merges):
        try:
            left, right = merge.split(" ") if isinstance(merge, str) else merge
            ranks[vocab[left], vocab[right]] = rank
            merged_ids.append(vocab[left + right])
        except (ValueError, TypeError, KeyError) as error:
            raise TokenizerError(
                f"merge {rank} is not two tokens that together make a third: {merge!r:.100}"
            ) from error
    return ranks, merged_ids


def _any_of(contents: list[str]) -> re.Pattern:
    """Matches any of `contents`, the longest where several start; `split` keeps what it matched."""
    return re.compile(f"({'|'.join(map(re.escape, sorted(contents, key=len, reverse=True)))})")
