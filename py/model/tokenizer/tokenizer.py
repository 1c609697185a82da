"""Byte-level BPE, GPT-2's tokenizer, from a Hugging Face tokenizer.json.

Text becomes ids in four steps. Added tokens such as `<|endoftext|>` are found in the text; what lies between
them is cut into words; each UTF-8 byte of a word becomes a symbol; and the pair of neighbours that training
merged first is merged, again and again, until no neighbours can be. Every text has ids, and the ids give back
its exact bytes. Some tokenizers put tokens of their own before the text, or after it: their template.

A model may have more ids than its tokenizer has tokens, where training rounded their number up. Such an id stands for
no text.

Sources: Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units",
section 3.2 (BPE); Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2 (of
bytes). The ids are those of Hugging Face's `tokenizers` library.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from model.tokenizer.tokenizer_json import Template, TokenizerError, check_surrogates, read_parts
from model.tokenizer.unicode_classes import LETTERS, NUMBERS, SPACES

# GPT-2's pattern, with \p{L}, \p{N} and \s spelled out. A word takes one space before it along; of a longer
# run of whitespace, all but the last character is a word of its own.
WORD = re.compile(
    r"'s|'t|'re|'ve|'m|'ll|'d"
    rf"| ?[{LETTERS}]+| ?[{NUMBERS}]+| ?[^{SPACES}{LETTERS}{NUMBERS}]+"
    rf"|[{SPACES}]+(?![^{SPACES}])|[{SPACES}]+"
)

_SPACES = re.compile(f"[{SPACES}]+")
_EVERY_SPACE = "".join(re.findall(f"[{SPACES}]", "".join(map(chr, range(0x3001)))))

# Vocabularies are written with one printable character for each byte: its own if that prints, else one from
# U+0100 on (bytes_to_unicode in GPT-2's encoder.py).
_PRINTABLE = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
_UNPRINTABLE = [byte for byte in range(256) if byte not in _PRINTABLE]
BYTE_OF_CHARACTER = {chr(byte): byte for byte in _PRINTABLE} | {chr(256 + i): b for i, b in enumerate(_UNPRINTABLE)}
CHARACTER_OF_BYTE = {byte: character for character, byte in BYTE_OF_CHARACTER.items()}
_TO_LATIN_1 = str.maketrans(BYTE_OF_CHARACTER)

# What a reader would not see: control and format characters, and broken bytes as surrogateescape has them.
_UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\udc80-\udcff]+")

START = "<|endoftext|>"  # GPT-2's only special token: ends one document of its training text and starts the next

_GONE = -1  # the id of a symbol merged into the one before it
_CACHED_WORD_LENGTH = 64  # bytes; longer words are rare, and rarely seen twice


class Piece(NamedTuple):
    """What is cut from a text as one: a word, whose bytes are then merged, or an added token."""

    text: str
    ids: tuple[int, ...]
    end: int  # the place in the text's UTF-8 bytes where it ends
    is_added: bool


class Tokenizer:
    """GPT-2's tokenizer over one vocabulary. Make one with `Tokenizer.from_json`, for a model `vocabulary.read`.

    `vocab_size` is the number of ids; they go from 0 to vocab_size - 1. `start` is what an empty text is read as, and
    `has_start` whether the vocabulary has a token for that.
    """

    def __init__(
        self,
        vocab: dict[str, int],
        merges: list[tuple[str, str]],
        added_tokens: list[dict],
        add_prefix_space: bool,
        template: Template,
    ) -> None:
        self.add_prefix_space = add_prefix_space
        self.template = template
        self._added = {token["content"]: token for token in added_tokens}
        self._added_ids = {content: token["id"] for content, token in self._added.items()}
        if clashes := [text for text, id in self._added_ids.items() if vocab.get(text, id) != id]:
            raise TokenizerError(f"the added token {clashes[0]!r} has another id in the vocabulary")
        self._text_of_id = _in_order_of_id(vocab | self._added_ids)
        self.vocab_size = len(self._text_of_id)
        if strange := [id for id in (*template.before, *template.after) if not self.is_token(id)]:
            raise TokenizerError(f"the post_processor adds the id {strange[0]}, which is no token's")
        self._id_of_byte = _byte_ids(vocab)
        _check_alphabet(vocab.keys() - self._added_ids.keys())
        self.ranks, self._merged_ids = _merge_tables(vocab, merges)
        # The library looks for the added tokens marked `normalized` only between the others.
        plain = [token["content"] for token in added_tokens if not token.get("normalized")]
        normalized = [token["content"] for token in added_tokens if token.get("normalized")]
        self._added_patterns = [_any_of(contents) for contents in (plain, normalized) if contents]
        self._merge_short_word = lru_cache(maxsize=20_000)(self._merge_word)
        # A typed text is asked for twice, to be shown and to be read, and once more with each token drawn after it.
        self._encode_once = lru_cache(maxsize=1)(self._encode)
        self.begin_with(self.id_of(START))

    @classmethod
    def from_json(cls, text: str | bytes | dict) -> "Tokenizer":
        """A tokenizer from tokenizer.json, as text or already parsed.

        `truncation` and `padding` are settings for batches and have no effect here; `transformers` switches them off
        for a single text too. Raises TokenizerError for a malformed file and for every other kind of tokenizer.
        """
        return cls(*read_parts(text))

    @property
    def token_count(self) -> int:
        """The number of tokens: ids from here on stand for none."""
        return len(self._text_of_id)

    def id_of(self, content: str) -> int | None:
        """The id of an added token, None where there is no such."""
        return self._added_ids.get(content)

    def is_token(self, id: int) -> bool:
        return 0 <= id < self.token_count

    def begin_with(self, *ids: int | None) -> None:
        """Let an empty text be read as the first of `ids` that is an added token, unless the template says what it is.

        Where there is none, the first token of the vocabulary stands in.
        """
        marks = [id for id in ids if id is not None and id in self._added_ids.values()]
        start = [*self.template.before, *self.template.after] or marks[:1]
        self.start, self.has_start = start or [0], bool(start)

    def encode(self, text: str) -> list[int]:
        """The ids of `text`, added tokens and template included. Raises TokenizerError for a lone surrogate."""
        return [id for id, _ in self.encode_with_ends(text)]

    def encode_with_ends(self, text: str) -> list[tuple[int, int]]:
        """The same, each id with the place in the text's UTF-8 bytes where what it stands for ends."""
        return list(self._encode_once(text))

    def _encode(self, text: str) -> list[tuple[int, int]]:
        check_surrogates(text)
        found = [(id, 0) for id in self.template.before]
        for piece in self.pieces(text):
            place = piece.end - len(piece.text.encode())  # where its first token begins
            for id in piece.ids:
                place = piece.end if piece.is_added else place + len(self._text_of_id[id])  # one character a byte
                found.append((id, place))
        return found + [(id, len(text.encode())) for id in self.template.after]

    def pieces(self, text: str) -> list[Piece]:
        """The words and added tokens of a text, in their order; together they have its ids, but for the template's."""
        return self._pieces_between(self._added_patterns, text, 0)

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """The bytes of `ids`; if from `encode`, the text's exact UTF-8, but for what the vocabulary puts to a text (its
        template, prefix spaces) and for the spaces that some added tokens swallow."""
        return b"".join(map(self.token_bytes, ids))

    def decode(self, ids: Iterable[int]) -> str:
        """The text of `ids`; bytes that are no UTF-8, as in a character's first half, become U+FFFD."""
        return self.decode_bytes(ids).decode("utf-8", errors="replace")

    def token_bytes(self, id: int) -> bytes:
        """The bytes of one token, none for an id without one. Raises TokenizerError for what is no id of the model."""
        if not 0 <= id < self.vocab_size:
            raise TokenizerError(
                f"there is no token {id}: the ids of this tokenizer go from 0 to {self.vocab_size - 1}"
            )
        text = self._text_of_id[id] if self.is_token(id) else ""
        return text.encode() if text in self._added_ids else text.translate(_TO_LATIN_1).encode("latin-1")

    def display(self, id: int) -> str:
        """One token for a reader: ↵ for newline, ⇥ for tab, bytes as in ⟨E2 82⟩ for what else cannot be seen.

        Spaces stay as they are; an id without a token is its number, ⟨#50300⟩. Raises TokenizerError as `token_bytes`.
        """
        if self.token_count <= id < self.vocab_size:
            return f"⟨#{id}⟩"
        return readable(self.token_bytes(id))

    def id_of_byte(self, byte: int) -> int:
        return self._id_of_byte[byte]

    def merged(self, left: int, right: int) -> tuple[int, int] | None:
        """The rank and the id of what these two tokens merge into, where training merged them; ranks go from 0."""
        rank = self.ranks.get((left, right))
        return None if rank is None else (rank, self._merged_ids[rank])

    def _pieces_between(self, added_patterns: list[re.Pattern], text: str, place: int) -> list[Piece]:
        """Those of a part of a text that begins at `place`."""
        if not added_patterns:
            return self._words(text, place)
        first, *rest = added_patterns
        found: list[Piece] = []
        end = 0
        for match in first.finditer(text):
            token = self._added[match[0]]
            start, stop = match.span()
            if token.get("lstrip"):  # the spaces before it are its own
                start = end + len(text[end:start].rstrip(_EVERY_SPACE))
            if token.get("rstrip") and (spaces := _SPACES.match(text, stop)):
                stop = spaces.end()
            if end < start:
                found += self._pieces_between(rest, text[end:start], place)
            place += len(text[end:stop].encode()) - len(text[stop:end].encode())
            end = stop
            if start < stop:  # else the token before it has taken all of it along
                found.append(Piece(match[0], (token["id"],), place, True))
        return found + self._pieces_between(rest, text[end:], place) if text[end:] else found

    def _words(self, text: str, place: int) -> list[Piece]:
        if self.add_prefix_space and text and not text.startswith(" "):
            text, place = " " + text, place - 1
        found = []
        for word in WORD.findall(text):
            utf8 = word.encode()
            merge = self._merge_short_word if len(utf8) <= _CACHED_WORD_LENGTH else self._merge_word
            place += len(utf8)
            found.append(Piece(word, merge(utf8), place, False))
        return found

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
                further = self.ranks.get((symbols[start], symbols[after[start]]))
                if further is not None:
                    heappush(heap, further * end + start)
        return tuple(symbol for symbol in symbols if symbol != _GONE)


def readable(data: bytes) -> str:
    """Bytes for a reader, see `Tokenizer.display`."""
    text = data.decode("utf-8", errors="surrogateescape")
    text = _UNSEEN.sub(lambda unseen: _hex(unseen[0].encode(errors="surrogateescape")), text)
    return text.replace("\n", "↵").replace("\t", "⇥")


def _hex(data: bytes) -> str:
    return f"⟨{data.hex(' ').upper()}⟩"


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
        return [vocab[character] for character in sorted(BYTE_OF_CHARACTER, key=BYTE_OF_CHARACTER.__getitem__)]
    except KeyError as error:
        raise TokenizerError(
            f"the vocabulary has no token {error} for byte {BYTE_OF_CHARACTER[error.args[0]]}"
        ) from error


def _merge_tables(vocab: dict[str, int], merges: list) -> tuple[dict[tuple[int, int], int], list[int]]:
    """The rank of each pair of ids that merges, and the merged id by rank. Merges are "a b" or ["a", "b"]."""
    ranks, merged_ids = {}, []
    merges = [merge for merge in merges if not (isinstance(merge, str) and merge.startswith("#version"))]
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
