"""Make the fonts of the PDF from Tinos 1.33 (Debian package fonts-croscore 20201225).

    python tools/subset_fonts.py FOLDER

Tinos has the metrics of Times New Roman and all Vietnamese letters. Kept are the characters that the report may
draw; hinting, which paper does not need, is dropped. The same source gives the same bytes.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from pipeline.report.official.pdf import DRAWABLE, FONTS

FACES = ("Regular", "Bold", "Italic", "BoldItalic")


def main(source: Path) -> None:
    """Read the four faces from `source` and write their subsets to where the PDF takes them from."""
    for face in FACES:
        options = Options(hinting=False, layout_features=["*"], name_IDs=["*"], notdef_outline=True)
        font = TTFont(source / f"Tinos-{face}.ttf", recalcTimestamp=False)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=[code for first, last in DRAWABLE for code in range(first, last + 1)])
        subsetter.subset(font)
        font.save(FONTS / f"Tinos-{face}.ttf")
        print(face, (FONTS / f"Tinos-{face}.ttf").stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
