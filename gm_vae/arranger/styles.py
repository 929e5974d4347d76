"""All styles by name, in the order in which a corpus uses them."""

from gm_vae.arranger.style import Style
from gm_vae.arranger.styles_band import BALLAD, POP, ROCK
from gm_vae.arranger.styles_dance import DISCO, FUNK, HOUSE
from gm_vae.arranger.styles_roots import BLUES, COUNTRY, MARCH, SWING
from gm_vae.arranger.styles_screen import AMBIENT, CHIPTUNE, CINEMATIC, LOFI
from gm_vae.arranger.styles_world import BOSSA_NOVA, REGGAE, SALSA

STYLES: dict[str, Style] = {
    style.name: style
    for style in (
        POP, SWING, BOSSA_NOVA, ROCK, HOUSE, BALLAD, REGGAE, COUNTRY, CHIPTUNE, FUNK, MARCH,
        AMBIENT, SALSA, BLUES, LOFI, CINEMATIC, DISCO,
    )
}  # fmt: skip
