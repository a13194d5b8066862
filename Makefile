# Every target works on a bare machine with Python 3.11 or newer: what is missing is installed first.
export UV_SYSTEM_CERTS = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
.PHONY: run test lint bench lock

run: .venv/.installed
	@exec .venv/bin/appointly up $(ARGS)

test: .venv/.installed
	@.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: .venv/.installed
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

bench: .venv/.installed
	@.venv/bin/python -m bench $(ARGS)

lock: .venv/.installed
	@.venv/bin/python -m uv pip compile -q --universal --generate-hashes --extra dev --no-emit-index-url pyproject.toml -o requirements.lock

.venv/.installed: requirements.lock pyproject.toml
	@test -x .venv/bin/python || python3 -m venv .venv
	@.venv/bin/python -m uv --version >/dev/null 2>&1 || .venv/bin/python -m pip install -q uv
	@.venv/bin/python -m uv pip install -q --python .venv/bin/python --require-hashes -r requirements.lock
	@.venv/bin/python -m uv pip install -q --python .venv/bin/python --no-deps -e .
	@touch $@
