#!/bin/sh
# Runs uv, wherever it is; if it is nowhere, installs it into .uv/ with any python3.
# A `uv` on PATH may be a shim that only says "not found" here, so each is tried.
for candidate in "$UV" "$HOME/.local/bin/uv" "$HOME/.cargo/bin/uv" /usr/local/bin/uv "$(command -v uv)" \
    "$(pyenv root 2>/dev/null)"/versions/*/bin/uv .uv/bin/uv; do
    if [ -x "$candidate" ] && "$candidate" --version >/dev/null 2>&1; then
        exec "$candidate" "$@"
    fi
done
if ! python3 -m venv .uv >/dev/null || ! .uv/bin/pip install --quiet uv; then
    echo "uv is needed to install Ventanilla, and could not be installed: see https://docs.astral.sh/uv/" >&2
    exit 1
fi
exec .uv/bin/uv "$@"
