"""Where the names of BirdNET's species in other languages are published."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acoupi.components.types import Model
from acoupi.errors import ModelError
from acoupi.models.birdnet.files import names_file
from acoupi.models.shelf.source import Source

__all__ = ["SOURCE"]

STEM = "BirdNET_GLOBAL_6K_V2.4_Labels_"
WITHIN = "birdnet_analyzer/labels/V2.4"

SHA256 = {
    "af": "b3d3925ae04acc514b00661f981b5f714ac8e750f83f07389797ccbbcf19f7e6",
    "ar": "589c3edba54f8d50976d2f46c2eae872d50da06c0f0900dcca14881b1a09f44e",
    "bg": "1b0c527bbfe0fa34053bb25bfbc3a2df519c3af7fce0aa673752a85358302af3",
    "ca": "8ca63cfa4b77b3005e471e2fb3f655101e23e926cc350039482fc0241227c25a",
    "cs": "eaac7370ededbd11b6c29e85c3cb270aadfb5627b7cb4902d0dfac9ca1f0b48a",
    "da": "4d994553cf3805b77c5042a68fcf8ec326c8bf7eff0e59cc6f71e0a1b950987c",
    "de": "57c1cad5221ea12d993e76274b2d74a965a143893d96ba2c3473b3b060047b84",
    "el": "f6eb2b8621890db1613ba86a61cd5f37f14d4604159c87134402a5a30df36e97",
    "en_uk": "487937b6ad132b8506215523209a87b86adc9dce8e5ed3048ce9268189dddd3d",
    "es": "bbec935655620584e10a07581b3c54385a74ee28d9e0b75009347df2644a03bc",
    "fi": "d84841a9790ea03d3224bc7e39a0601dedf4063eb06621167565ba40c5d60255",
    "fr": "9048e4a61859a493049f090434857ce822d4cfd850b49f9baaccfc0f7bfc6850",
    "he": "621c37b4979ea766002beb98f5c5b1b1af08aefc9fc7d38a7049eb2befb70b01",
    "hr": "c3308bd3ee020fe677484eadfc2c761a990a7b44945ed0b7bdf749d0c1b64b15",
    "hu": "cbad07c31e6bc00c21dda640105ea1f422f31d73d1d777c5f41eb19ad4cdde2a",
    "in": "dedf5d5d12d437979841697daa8d243c0ebf79104dd605495996c14daa404d9d",
    "is": "826303b7a767bc306f0d98049a110566891139db8153079d895e539e628feb86",
    "it": "ae7bdcbc35eba226e5c7a5922939f9a7c10282ad66a1b5d5d6254cf39c47f8cf",
    "ja": "d5f06438f07b980a41c5fd29af0a00499355f997b1595e8f03dd13dd3fd1baf1",
    "ko": "7667ad96679157ee0c87ade8b3bdd60ec63c15a5ce407cbf328d8e0a49814e5b",
    "lt": "daa181a76bf4f0f816a6e82c39f5c00738d8843088e769b3f26bb96d8abc74e9",
    "ml": "573bdbfaf115bdbac91d7d82d5ad9ac2602bf35d74c611edd33027e7a7cc0637",
    "nl": "f0c638cd99826807b575555bc7a565cdd73ef49f903bd14a962a8e23c7aa1582",
    "no": "105bb9970a8a2c509b1ded7191cbb285e6de48adc04e68fe7c75e3821a1d071b",
    "pl": "9433dbf2573059e23d65c1170d4e3dfb2b4b1d393d335f1a5c95eb3f1e225b09",
    "pt_BR": "97964e981ec4d19a174553a4b7938748eb5f235334c8753ede709192cc8b22b9",
    "pt_PT": "c7b68c0da66dcaabc1ee3ca08bc5f8dedd842cd124b88e24c6b40d55f9f3c6b0",
    "ro": "02482ecfe6c638270607efc98f5878a01575f71859aa7b5dace2885a3a514d94",
    "ru": "76fe56b1281428a6e77cabb8ae19772929c3d1be7ffd7051b8449fa945904b07",
    "sk": "ea077db067b262a2e7f2afd176543e744c4292483986d0e3241666cc07c11c34",
    "sl": "2d68f43e830be3ff6c2e9981f926d9efa02e4e9bea70e7538ce886a8580b4430",
    "sr": "a4770992bb9033d9cf6e4a7674da0663f7a49d5ecb9d87a782aaa0650d3ae234",
    "sv": "310522326ed6c251e8a5750187adfcb4fe0d39146194835ed78f42064d509714",
    "th": "ee2204352ed1716a7f5273664105dc990545a05dee4269d6039b3eaa71ae5a51",
    "tr": "d387ed29578286ff7c91a8ce9710004543ad6da860b7407530b2200335a5ee99",
    "uk": "f889467a3cd2ddbe32cb85434eaf58488b354d030e7565b5bd1f14dcdf0422b3",
    "zh": "15fc72d8b946f6aa326d6d4cde3e8467cc5e2548f81bc57ced35dbb2f8601daf",
}
"""Of the names in each language."""


def convert(members: Path, out: Path) -> None:
    """Call each file as BirdNET looks for it."""
    for language in SHA256:
        shutil.copyfile(members / f"{STEM}{language}.txt", out / names_file(language))


def open_names(folder: Path, options: Mapping[str, Any]) -> Model:
    """Say that names are no model."""
    raise ModelError(
        "birdnet-names is no model: it has the names of species for birdnet",
        help="acoupi models run birdnet FILE --option language=de",
    )


SOURCE = Source(
    name="birdnet-names",
    title="what BirdNET's species are called in 37 other languages",
    package="birdnet-analyzer",
    version="2.4.0",
    members={f"{WITHIN}/{STEM}{code}.txt": sha256 for code, sha256 in SHA256.items()},
    licence="MIT",
    licence_url="https://opensource.org/license/mit",
    credit="the BirdNET team, K. Lisa Yang Center for Conservation Bioacoustics",
    rate_hz=48_000,
    window_s=3.0,
    needs=(),
    convert=convert,
    open=open_names,
)
