"""The bundled model's tokenizer: words, two-letter pieces and bytes.

Text is cut into pieces by `PIECE`. A piece that is in the word list is one token. Any other piece
is spelled from its left: two characters together where the list has them, else one character as
its UTF-8 bytes. Every text can be encoded, and decoding gives the same text back.

Ids: the special tokens first, then the 256 bytes, then the words in the order of the file.
"""

import re
from pathlib import Path
from typing import Dict, Iterable, List, Sequence

PAD, BEGIN, USER, ASSISTANT, END = range(5)
SPECIAL_TOKENS = ("<pad>", "<bos>", "<user>", "<bot>", "<end>")
PIECE = re.compile(r" ?[A-Za-z]+| ?[0-9]| ?[^A-Za-z0-9 ]| ")


class Tokenizer:
    """Turns text into token ids and back."""

    def __init__(self, words: Iterable[str], special_tokens: Sequence[str] = SPECIAL_TOKENS) -> None:
        self.words: List[str] = list(words)
        self.special_tokens = tuple(special_tokens)
        self.first_byte = len(self.special_tokens)
        self.first_word = self.first_byte + 256
        self.ids: Dict[str, int] = {word: self.first_word + index for index, word in enumerate(self.words)}
        self._seen: Dict[str, List[int]] = {}

    @classmethod
    def read(cls, path: Path, special_tokens: Sequence[str] = SPECIAL_TOKENS) -> "Tokenizer":
        """Reads a word list: one word a line, a leading space is part of the word."""
        return cls(path.read_text(encoding="utf-8").split("\n")[:-1], special_tokens)

    def write(self, path: Path) -> None:
        path.write_text("".join(word + "\n" for word in self.words), encoding="utf-8")

    @property
    def vocab_size(self) -> int:
        return self.first_word + len(self.words)

    def encode(self, text: str) -> List[int]:
        ids: List[int] = []
        for piece in PIECE.findall(text):
            if piece not in self._seen:
                self._seen[piece] = self._encode_piece(piece)
            ids += self._seen[piece]
        return ids

    def _encode_piece(self, piece: str) -> List[int]:
        if piece in self.ids:
            return [self.ids[piece]]
        ids: List[int] = []
        start = 0
        while start < len(piece):
            pair = piece[start : start + 2]
            if len(pair) == 2 and pair in self.ids:
                ids.append(self.ids[pair])
                start += 2
            else:
                ids += [self.first_byte + byte for byte in piece[start].encode("utf-8")]
                start += 1
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """Special tokens have no text and are left out."""
        text = bytearray()
        for token in ids:
            if token >= self.first_word:
                text += self.words[token - self.first_word].encode("utf-8")
            elif token >= self.first_byte:
                text.append(token - self.first_byte)
        return text.decode("utf-8", "replace")
