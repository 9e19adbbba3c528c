# The commands of Tandem. On a fresh machine only Python >= 3.11 and make are needed.

PORT ?= 8000
ARGS ?=

# the first Python that is new enough and can make a virtual environment
find_python = for py in .venv/bin/python python3.14 python3.13 python3.12 python3.11 python3 python; do \
	if command -v $$py >/dev/null 2>&1 && $$py -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then break; fi; py=; done; \
	if [ -z "$$py" ]; then echo "tandem: Python 3.11 or newer with venv is needed. On Debian or Ubuntu: apt install python3 python3-venv" >&2; exit 1; fi

.PHONY: run test check-long bench lint

run:
	@$(find_python); exec $$py lms/launch.py run $(PORT)

test:
	@$(find_python); exec $$py lms/launch.py test -q -n 3 --dist loadfile --no-loadscope-reorder -m "not long" $(ARGS)

check-long:
	@$(find_python); exec $$py lms/launch.py test -q -n 2 --dist loadfile --no-loadscope-reorder -m "long" $(ARGS)

bench:
	@$(find_python); exec $$py lms/launch.py do -m tests.bench $(ARGS)

lint:
	@$(find_python); $$py lms/launch.py do -m ruff check . && $$py lms/launch.py do -m ruff format --check .
