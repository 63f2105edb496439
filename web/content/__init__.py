"""The desk of the content team: entries written, reviewed, published. Every address names its permission."""

from web.content import (
    basis,
    batches,
    calculators,
    editor,
    entries,
    exports,
    gaps,
    imports,
    official_text,
    preview,
    publishing,
    reviews,
    sources,
    trying,
    versions,
)

BLUEPRINTS = (
    basis.pages,
    batches.pages,
    calculators.pages,
    entries.pages,
    editor.pages,
    exports.pages,
    gaps.pages,
    imports.pages,
    official_text.pages,
    preview.pages,
    publishing.pages,
    reviews.pages,
    sources.pages,
    trying.pages,
    versions.pages,
)
