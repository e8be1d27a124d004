#!/bin/sh
# Cuts the fonts of the documents from their full sources.
#
#   cut.sh SOURCES
#
# SOURCES is a folder that holds, at any depth, NotoSerifCJK-Regular.ttc, NotoSerifCJK-Bold.ttc and
# NotoSansCJK-Regular.ttc (Debian: fonts-noto-cjk 1:20220127+repack1-1) and BIZUDGothic-Bold.ttf
# (Debian: fonts-morisawa-bizud-gothic 1.05-2). Needs pyftsubset (Debian: fonttools 4.38.0).
# Face 0 of each collection is the Japanese one.
set -eu
sources=${1:?"usage: cut.sh SOURCES"}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# `wide` is everything a Japanese keyboard or register of names can write: JIS X 0213 and 0212, the
# extensions of code page 932, U+20BB7, and the blocks of units, numbers, signs and compatibility
# forms of which the national sets hold a part; nothing invisible. `plain`, for bold lines, is
# JIS X 0208 level 1 with kana, figures and Latin letters. pyftsubset keeps the ideographic variation
# sequences of every character it keeps.
python3 - "$work" <<'PYTHON'
import sys
def encodable(code, codec):
    try:
        return bytes(chr(code).encode(codec))
    except UnicodeEncodeError:
        return b""
codes = [c for c in range(0x20, 0x30000) if not 0xD800 <= c < 0xE000 and not 0x7F <= c < 0xA0]
wide = {c for c in codes if any(encodable(c, codec) for codec in ("euc_jis_2004", "euc_jp", "cp932"))}
blocks = ((0x2010, 0x2027), (0x2030, 0x205E), (0x2070, 0x20BF), (0x2100, 0x24FF), (0x2500, 0x27BF), (0x2E80, 0x2FDF),
          (0x3000, 0x303F), (0x3041, 0x30FF), (0x31F0, 0x31FF), (0x3220, 0x325F), (0x3280, 0x33FF), (0xF900, 0xFAFF),
          (0xFF01, 0xFF9F), (0xFFE0, 0xFFE6), (0x1F100, 0x1F2FF))
wide |= {c for first, last in blocks for c in range(first, last + 1)}
# Both members of each pair that Windows and the others map differently.
wide |= {0x20BB7, 0xA0, 0xA5, 0x2014, 0x2015, 0x2016, 0x2225, 0x2212, 0xFF0D, 0x301C, 0xFF5E, 0x203E, 0xFFE3, 0xFFE5}
wide -= {0xAD, 0x3164}
plain = {c for c in codes if (lambda b: len(b) == 1 or (len(b) == 2 and 0x8E < b[0] < 0xD0))(encodable(c, "euc_jp"))}
plain |= {0xFF0D, 0xFF5E, 0x9AD9, 0xFA11, 0x3231, 0x3232}
for name, chosen in (("wide", wide), ("plain", plain), ("figures", set(range(0x20, 0x7F)))):
    with open(f"{sys.argv[1]}/{name}", "w") as out:
        out.write(",".join(f"U+{c:04X}" for c in sorted(chosen)))
PYTHON

# Without subroutines the cut of one document is smaller than with the leavings of shared ones.
cut() { # source, characters, target, further options
  file=$(find "$sources" -name "$1" | head -n 1)
  [ -n "$file" ] || { echo "cut.sh: $1 is not below $sources" >&2; exit 1; }
  characters=$2 target=$3
  shift 3
  pyftsubset "$file" --font-number=0 --unicodes-file="$work/$characters" --output-file="$here/$target" \
    --layout-features='' --no-hinting --desubroutinize --notdef-outline --name-IDs='0,1,2,3,4,5,6,13,14' \
    --drop-tables+=BASE,GPOS,GSUB,GDEF,VORG,vhea,vmtx,DSIG "$@"
}
cut NotoSerifCJK-Regular.ttc wide NotoSerifCJKjp-Regular.otf
cut NotoSerifCJK-Bold.ttc plain NotoSerifCJKjp-Bold.otf
cut NotoSansCJK-Regular.ttc wide NotoSansCJKjp-Regular.otf
cut BIZUDGothic-Bold.ttf figures BIZUDGothic-Bold.ttf
