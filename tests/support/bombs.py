"""JSON that is made to cost, to be read differently by different readers, or to be no JSON at all."""

from collections.abc import Mapping

KB = 1024


def filled(size: int, head: bytes, piece: bytes, tail: bytes) -> bytes:
    """At most `size` bytes: as many pieces as fit."""
    return head + piece * ((size - len(head) - len(tail)) // len(piece)) + tail


def deep(size: int, opening: bytes, closing: bytes) -> bytes:
    levels = size // (len(opening) + len(closing))
    return opening * levels + closing * levels


def bombs(size: int) -> Mapping[str, bytes]:
    """Each refused by whoever reads strictly, each of about `size` bytes where its size is its point."""
    return {
        "arrays in arrays": deep(size, b"[", b"]"),
        "objects in objects": deep(size, b'{"a":', b"}"),
        "arrays in objects in arrays": deep(size, b'[{"a":', b"}]"),
        "arrays that never end": b"[" * size,
        "objects that never end": filled(size, b"", b'{"a":', b""),
        "brackets that only close": b"]" * size,
        "a text that never ends": filled(size, b'"', b"a", b""),
        "quotes that are escaped and never end": filled(size, b'["', b'\\"', b""),
        "texts that never begin": filled(size, b"[", b'"",', b""),
        "commas": b"," * size,
        "white space": b" " * size,
        "a number of all digits": filled(size, b'{"a":', b"9", b"}"),
        "a negative number of all digits": filled(size, b'{"a":-', b"9", b"}"),
        "a fraction of all digits": filled(size, b'{"a":0.', b"1", b"}"),
        "an exponent of all digits": filled(size, b'{"a":1e', b"9", b"}"),
        "an exponent beyond all": b'{"a":1e1000000}',
        "an exponent below all": b'{"a":1e-1000000}',
        "many numbers of too many digits": filled(size, b"[0", b"," + b"9" * 41, b"]"),
        "one key again and again": filled(size, b'{"a":1', b',"a":1', b"}"),
        "one key in two spellings": b'{"a":1,"\\u0061":2}',
        "one key twice, inside": b'{"data":{"external_id":"a","external_id":"b"}}',
        "not a number": b'{"a":NaN}',
        "infinity": b'{"a":Infinity}',
        "negative infinity": b'{"a":-Infinity}',
        "a byte order mark": b'\xef\xbb\xbf{"a":1}',
        "UTF-16": '{"a":1}'.encode("utf-16"),
        "UTF-16 without a mark": '{"a":1}'.encode("utf-16-le"),
        "UTF-32": '{"a":1}'.encode("utf-32"),
        "invalid UTF-8": b'{"a":"\xff\xfe"}',
        "UTF-8 that is too long": b'{"a":"\xc0\xaf"}',
        "a surrogate in UTF-8": b'{"a":"\xed\xa0\x80"}',
        "half a surrogate pair": b'{"a":"\\ud800"}',
        "halves in the wrong order": b'{"a":"\\udc00\\ud800"}',
        "a half as a key": b'{"\\udfff":1}',
        "many halves": filled(size, b'["', b"\\ud800", b'"]'),
        "a null byte": b'{"a":1}\x00',
        "a control character in a text": b'{"a":"\x01"}',
        "a comment": b'{"a":1/* b */}',
        "a comma too many": b'{"a":1,}',
        "single quotes": b"{'a':1}",
        "a leading zero": b'{"a":01}',
        "a hexadecimal number": b'{"a":0x1}',
        "two documents": b'{"a":1}{"a":1}',
        "words": b"undefined",
        "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>',
    }


def heavy(size: int) -> Mapping[str, bytes]:
    """JSON that is read, however wide: about `size` bytes of what costs a reader most for its length."""
    return {
        "empty arrays": filled(size, b'{"a":[[]', b",[]", b"]}"),
        "empty objects": filled(size, b'{"a":[{}', b",{}", b"]}"),
        "digits": filled(size, b'{"a":[0', b",1", b"]}"),
        "fractions": filled(size, b'{"a":[0', b",1.5", b"]}"),
        "exponents": filled(size, b'{"a":[0', b",1e30", b"]}"),
        "escapes": filled(size, b'{"a":"', b"\\u0061", b'"}'),
        "surrogate pairs": filled(size, b'{"a":"', b"\\ud83d\\ude00", b'"}'),
        "keys": b'{"a":{' + b",".join(b'"%06x":0' % number for number in range(size // 11 - 2)) + b"}}",
        "quotes": filled(size, b'{"a":"', b'\\"', b'"}'),
        "brackets in a text": filled(size, b'{"a":"', b"[{", b'"}'),
    }
