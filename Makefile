# SPDX-License-Identifier: Apache-2.0
#
# podring: one non-recursive build; everything lands in build/.
#
#   make           build/podring, build/libpodring.a, build/libpodring.so
#   make run       set up what is missing, build, run the main job (10,000 pods for 20 s)
#   make test      set up what is missing, build, run every quick test
#   make help      the other targets

VARIANT  ?= release
ALLOC    ?= mimalloc
V        ?= 0
PREFIX   ?= /usr/local
LIBDIR   ?= lib
# make has a CC of its own, which is nobody's choice.
ifeq ($(origin CC),default)
CC       := gcc
endif

# ---- macros -------------------------------------------------------------------------------------

B        := build$(if $(filter-out release,$(VARIANT)),/$(VARIANT))
Q        := $(if $(filter 1,$(V)),,@)
say       = $(if $(filter 1,$(V)),,@printf '  %-5s %s\n' '$(1)' '$(2)';)

WARN     := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wno-sign-conversion -Wvla $(if $(CI),-Werror)
BASE     := -std=gnu11 -I. -D_GNU_SOURCE -fvisibility=hidden -fPIC -MMD -MP $(WARN)
OPT_release := -O2 -g -fno-semantic-interposition -fno-plt $(if $(REPRO),-ffile-prefix-map=$(CURDIR)=.)
OPT_debug   := -O0 -g3 -DRX_DEBUG
OPT_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address -DRX_DEBUG
OPT_ubsan   := -O1 -g -fsanitize=undefined -fno-sanitize-recover=all -DRX_DEBUG -DRX_SANITIZED
OPT_profile := -O2 -g -fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-semantic-interposition
OPT_cover   := -O0 -g --coverage
OPT_torture := -O1 -g -DRX_DEBUG
# For libFuzzer, hence clang; main is libFuzzer's. What to warn of is the other compiler's business, but for
# targets that it does not see.
# Of pointers it would complain of NULL + 0, which is an empty array here.
OPT_fuzz    := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
               -fno-sanitize-recover=all -fno-sanitize=pointer-overflow \
               -DRX_DEBUG -Dmain=podring_main -Wno-everything \
               -Werror=incompatible-pointer-types -Werror=implicit-function-declaration
override CC := $(if $(filter fuzz,$(VARIANT)),clang,$(CC))
# What the user says comes last, and counts.
CFLAGS_USER := $(CFLAGS)
override CFLAGS := $(BASE) $(OPT_$(VARIANT)) $(if $(filter 0,$(TRACE)),-DRX_NO_TRACE) $(CFLAGS_USER)
override LDFLAGS += $(filter -fsanitize=% --coverage,$(OPT_$(VARIANT)))

# Sanitizers must see every allocation, and torture fail it: they get the libc twin.
ifneq ($(filter asan ubsan fuzz torture,$(VARIANT)),)
override ALLOC := libc
endif
MEM_OFF_mimalloc := engine/reactor/mem_libc.c
MEM_OFF_libc     := engine/reactor/mem_mi.c
LIBS_mimalloc    := -lmimalloc

ENGINE   := $(filter-out $(MEM_OFF_$(ALLOC)),$(sort $(wildcard engine/*/*.c engine/*/*/*.c)))
LIB      := $(ENGINE) $(sort $(wildcard probes/*/*.c) $(wildcard api/*.c) \
            $(wildcard api/manifest/*.c) $(wildcard api/face/*.c))
CLI      := $(sort $(wildcard api/cli/*.c api/cli/*/*.c))
PAGE     := api/cli/picture/page.html api/cli/picture/page.css \
            $(addprefix api/cli/picture/,decode.js model.js rows.js draw.js input.js report.js)
TESTS    := $(sort $(wildcard tests/unit/*.c tests/table/*.c tests/sim/*.c tests/live/*.c tests/api/*.c \
            tests/support/*.c))
SLOW     := $(sort $(wildcard tests/slow/*.c))
BENCHES  := $(sort $(wildcard perf/bench_*.c))
RIVALS   := $(sort $(wildcard perf/rivals/*.c)) perf/report.c
FUZZERS  := $(sort $(wildcard tests/fuzz/fuzz_*.c))

FLOOR_0  := $(filter engine/reactor/%,$(ENGINE))
FLOOR_1  := $(filter engine/box/%,$(ENGINE))
FLOOR_S  := $(filter engine/store/%,$(ENGINE))
FLOOR_2  := $(FLOOR_S) $(filter engine/pod/%,$(ENGINE))
FLOOR_3  := $(filter engine/cluster/%,$(ENGINE))
FLOOR_P  := $(sort $(wildcard probes/*/*.c))
FLOOR_M  := $(sort $(wildcard api/manifest/*.c))
alone     = $(CC) -shared -o /dev/null $(call obj,$(1)) $(LDFLAGS) -Wl,-z,defs -luring -lyaml -lz $(LIBS_$(ALLOC)) -lm \
            || { echo "$(2) does not link without the floors above it"; exit 1; }

LIBS     := -luring -lyaml -lz $(LIBS_$(ALLOC)) -lm
# libev also has functions named as libevent's: the real ones must come first.
BENCH_LIBS := -levent_core -lev -luv -lm -lpthread
obj       = $(patsubst %.c,$(B)/obj/%.o,$(1))

.PHONY: FORCE all run test test-slow setup asan ubsan debug floors tidy bench clean help install install-strip install-files uninstall fuzz golden \
        profile format flamegraph bench-build bench-smoke bench-report bench-doc goclient fuzz-smoke fuzz-build $(FUZZ_JOBS) torture worlds-fresh mutants
.DELETE_ON_ERROR:
.SECONDARY:

all: $(B)/podring $(B)/libpodring.so $(B)/embed/libpodring.a

# liburing's headers do not say which one they are.
$(B)/obj/api/measures.o: override CFLAGS += \
    -DLIBURING='"liburing $(shell pkg-config --modversion liburing 2>/dev/null)"'
$(B)/obj/perf/report.o: override CFLAGS += -DREPORT_BUILD='"$(VARIANT), $(ALLOC)"'

# ---- rules --------------------------------------------------------------------------------------

# Whatever is built with other flags is built again; warnings that are errors make no difference. What has been
# built before there was such a file stays.
FLAGS := $(filter-out -Werror,$(CC) $(CFLAGS)) $(LDFLAGS) $(ALLOC)
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || { [ -e $@ ] || new=1; echo '$(subst ','\'',$(FLAGS))' >$@; \
	    [ -z "$$new" ] || touch -d @0 $@; }
FORCE:

$(B)/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CFLAGS) -c -o $@ $<

$(B)/libpodring.a: $(call obj,$(LIB))
	$(call say,AR,$@)rm -f $@ && ar rcs $@ $^

# For programs of others: one object that has no names but podring_*, and the C library's allocator, so that
# linking it brings no other malloc.
$(B)/embed/libpodring.a: $(call obj,$(filter-out engine/reactor/mem_mi.c,$(LIB)) engine/reactor/mem_libc.c)
	@mkdir -p $(@D)
	$(call say,AR,$@)rm -f $@ && $(LD) -r -o $(B)/embed/podring.o $(sort $^) && \
	    objcopy -w --keep-global-symbol='podring_*' $(B)/embed/podring.o && ar rcs $@ $(B)/embed/podring.o

$(B)/libpodring.so: $(call obj,$(LIB)) api/podring.map
	$(call say,LD,$@)$(CC) -shared -o $@ $(filter %.o,$^) $(LDFLAGS) -Wl,--version-script=api/podring.map \
	    -Wl,-soname,libpodring.so.0 $(LIBS)

# The page of -o html, as C.
$(B)/obj/page_text.c: api/cli/picture/embed.pl $(PAGE)
	@mkdir -p $(@D)
	$(call say,PAGE,$@)perl $^ >$@

# The examples of `podring example`, likewise.
$(B)/obj/example_text.c: api/cli/examples.pl $(sort $(wildcard docs/examples/*.yaml))
	@mkdir -p $(@D)
	$(call say,PAGE,$@)perl $^ >$@

$(B)/obj/page_text.o $(B)/obj/example_text.o: %.o: %.c
	$(call say,CC,$<)$(CC) $(CFLAGS) -c -o $@ $<

$(B)/podring: $(call obj,$(CLI)) $(B)/obj/page_text.o $(B)/obj/example_text.o $(B)/libpodring.a
	$(call say,LD,$@)$(CC) -o $@ $^ $(LDFLAGS) $(LIBS) -lpthread

# Of the command line, what has tests of its own, and what they read with.
CLI_TESTED := api/cli/picture/texts.c api/cli/picture/health.c api/cli/picture/screen.c api/cli/io/json_read.c

$(B)/tests: $(call obj,$(TESTS) perf/plot.c $(CLI_TESTED)) $(B)/libpodring.a
	$(call say,LD,$@)$(CC) -o $@ $^ $(LDFLAGS) $(LIBS) -lcriterion -lpthread

$(B)/tests-slow: $(call obj,$(SLOW)) $(call obj,$(sort $(wildcard tests/support/*.c))) $(B)/libpodring.a
	$(call say,LD,$@)$(CC) -o $@ $^ $(LDFLAGS) $(LIBS) -lcriterion -lpthread

$(B)/bench_%: $(B)/obj/perf/bench_%.o $(call obj,$(RIVALS)) $(B)/libpodring.a
	$(call say,LD,$@)$(CC) -o $@ $^ $(LDFLAGS) $(LIBS) $(BENCH_LIBS)

$(B)/tool_report: $(call obj,perf/tool_report.c perf/plot.c api/cli/io/json_read.c)
	$(call say,LD,$@)$(CC) -o $@ $^ $(LDFLAGS) -lm

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# ---- set-up -------------------------------------------------------------------------------------

PACKAGES := gcc make pkg-config liburing-dev libmimalloc-dev libyaml-dev zlib1g-dev libcriterion-dev
BENCH_PACKAGES := libev-dev libuv1-dev libevent-dev
# For the benches that have a row for Go.
GO_BENCHES := http lateness
# chromium: what the page of -o html is opened in.
SLOW_PACKAGES := openmpi-bin nodejs chromium
# dash and bash, to which the shell is compared, are on every Debian; tzdata: time zones of schedules.
TEST_PACKAGES := busybox-static tzdata

# Installs what is missing, and only that; says so. Without root it says what to install instead.
define need
@missing=; for p in $(1); do \
	dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; \
done; \
if [ -n "$$missing" ]; then \
	if [ "$$(id -u)" = 0 ]; then \
		echo "  APT  installing:$$missing"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		    --no-install-recommends $$missing >build/apt.log 2>&1 || { cat build/apt.log; exit 1; }; \
	else \
		echo "podring needs these packages:$$missing"; \
		echo "install them with: sudo apt-get install$$missing"; exit 1; \
	fi; \
fi
endef

setup:
	@mkdir -p build
	$(call need,$(PACKAGES))

# The set-up must be done before make looks for headers, hence the second make.
run: setup
	@$(MAKE) --no-print-directory all
	$(B)/podring run docs/examples/ten-thousand.yaml --for 20s

test: setup
	$(call need,$(TEST_PACKAGES))
	@$(MAKE) --no-print-directory tidy floors $(B)/podring $(B)/libpodring.so $(B)/tests
	$(B)/tests --jobs 2 $(TESTFLAGS)

test-slow: setup
	$(call need,$(SLOW_PACKAGES))
	@$(MAKE) --no-print-directory $(B)/tests-slow $(B)/podring $(B)/tests
	$(B)/tests-slow --jobs 2 $(TESTFLAGS)
	$(B)/tests --filter 'mpi/*' $(TESTFLAGS)

asan ubsan: setup
	@$(MAKE) --no-print-directory VARIANT=$@ build/$@/podring build/$@/tests
	ASAN_OPTIONS=detect_leaks=1 build/$@/tests --jobs 2 $(TESTFLAGS)

debug profile: setup
	@$(MAKE) --no-print-directory VARIANT=$@ all

# ---- checks -------------------------------------------------------------------------------------

SOURCES  := $(sort $(shell find engine probes api tests perf -name '*.[ch]'))
PAGES    := $(sort $(wildcard *.md docs/*.md docs/decisions/*.md docs/man/*))

# Who may include whom; the order of the sources in a room; each room must link without those above it; and
# every bug of tests/mutants/list still has its line.
floors: $(B)/libpodring.a $(B)/libpodring.so $(call obj,$(CLI))
	@perl tests/floors.pl $(SOURCES)
	@nm -A -g $(call obj,$(LIB) $(CLI)) | perl tests/circles.pl tests/circles
	@nm -A -g $(call obj,$(LIB) $(CLI)) | perl tests/exports.pl engine probes api
	@perl tests/mutants/mutants.pl --check
	@nm -gD --defined-only $(B)/libpodring.so | sed -n 's/.* T //p' | LC_ALL=C sort | diff api/packaging/symbols - || \
	    { echo "api/packaging/symbols says otherwise what libpodring.so exports"; exit 1; }
	@echo '  OK    symbols'
	@$(call alone,$(FLOOR_0),engine/reactor)
	@$(call alone,$(FLOOR_0) $(FLOOR_1),engine/box)
	@$(call alone,$(FLOOR_0) $(FLOOR_S),engine/store)
	@$(call alone,$(FLOOR_0) $(FLOOR_S) $(FLOOR_M),api/manifest)
	@$(call alone,$(FLOOR_0) $(FLOOR_1) $(FLOOR_2),engine/pod)
	@$(call alone,$(FLOOR_0) $(FLOOR_1) $(FLOOR_2) $(FLOOR_3),engine/cluster)
	@$(call alone,$(FLOOR_0) $(FLOOR_1) $(FLOOR_2) $(FLOOR_P),probes)

# What docs/style.md says and a program can see.
tidy:
	@perl tests/tidy.pl $(SOURCES) $(PAGES)

format:
	clang-format -i $$(find engine probes api tests perf -name '*.[ch]')

# ---- fuzzing, benches, golden files -------------------------------------------------------------

# Each target is linked with all that podring is made of.
FUZZ_TIME ?= 60
FUZZ_SEED ?= $(shell date +%Y%m%d)
FUZZ      := $(patsubst tests/fuzz/fuzz_%.c,%,$(FUZZERS))
FUZZ_BINS := $(addprefix $(B)/fuzz_,$(FUZZ))
FUZZ_JOBS := $(addprefix fuzz-run-,$(FUZZ))
FUZZ_LIBS := clang libclang-rt-14-dev

fuzz: setup
	$(call need,$(FUZZ_LIBS))
	@$(MAKE) --no-print-directory -j2 VARIANT=fuzz fuzz-build
	@$(MAKE) --no-print-directory -k -j2 VARIANT=fuzz $(FUZZ_JOBS)

# What continuous integration does: the corpus, and a few seconds more.
fuzz-smoke: FUZZ_TIME := 8
fuzz-smoke:
	@$(MAKE) --no-print-directory FUZZ_TIME=$(FUZZ_TIME) fuzz

fuzz-build: $(FUZZ_BINS)

$(B)/fuzz_%: $(B)/obj/tests/fuzz/fuzz_%.o $(call obj,tests/fuzz/kit.c tests/support/failmem.c) \
    $(call obj,$(CLI)) $(B)/obj/page_text.o $(B)/obj/example_text.o $(B)/libpodring.a
	$(call say,LD,$@)$(CC) -o $@ $^ -fsanitize=fuzzer,address,undefined $(LIBS) -lpthread

# New inputs are kept in build/, and tried first the next time; an input that crashes is named.
$(FUZZ_JOBS): fuzz-run-%:
	@mkdir -p $(B)/corpus/$* $(B)/crash
	@echo "  FUZZ  $* ($(FUZZ_TIME) s, seed $(FUZZ_SEED))"
	@$(B)/fuzz_$* -seed=$(FUZZ_SEED) -max_total_time=$(FUZZ_TIME) -timeout=20 -rss_limit_mb=2000 \
	    $(addprefix -dict=,$(wildcard tests/fuzz/$*.dict)) -max_len=4096 -print_final_stats=1 -artifact_prefix=$(B)/crash/$*- \
	    $(B)/corpus/$* tests/fuzz/corpus/$* >$(B)/crash/$*.log 2>&1 || { tail -60 $(B)/crash/$*.log; \
	    echo "fuzz_$* failed; again: make VARIANT=fuzz fuzz-build && $(B)/fuzz_$* FILE"; exit 1; }
	@sed -n 's/^stat::number_of_executed_units: */  FUZZ  $*: inputs /p' $(B)/crash/$*.log

# Every n-th allocation fails, or with TORTURE_SHARE=K every K-th of them, from an offset by the date.
TORTURE_SHARE ?= 1
TORTURE_SEED  ?= $(shell date +%Y%m%d)
torture: setup
	@$(MAKE) --no-print-directory -j2 VARIANT=torture build/torture/podring build/torture/oom.so
	perl tests/torture/torture.pl --share $(TORTURE_SHARE) --seed $(TORTURE_SEED) $(TORTUREFLAGS) build/torture

$(B)/oom.so: $(B)/obj/tests/torture/oom.o
	$(call say,LD,$@)$(CC) -shared -o $@ $^ $(LDFLAGS)

# Bugs of one line, each built into a copy and looked for by the tests: an hour.
mutants: setup
	perl tests/mutants/mutants.pl $(MUTANTSFLAGS)

# Random worlds of today, so many seconds for each of the tests; a failure prints its world and its seed.
WORLDS_SEED    ?= $(shell date +%Y%m%d)0000
WORLDS_SECONDS ?= 6
worlds-fresh: setup
	@$(MAKE) --no-print-directory $(B)/tests
	@echo "  SEEDS from $(WORLDS_SEED), $(WORLDS_SECONDS) s for each test"
	@PODRING_SEED=$(WORLDS_SEED) PODRING_SECONDS=$(WORLDS_SECONDS) $(B)/tests --jobs 2 --filter '@(worlds|cluster_worlds)/*'

# Writes down anew what the examples print; read the difference before you commit it.
golden: $(B)/podring $(B)/tests
	@for f in tests/golden/*.yaml; do echo "  GOLD  $$f"; \
	    $(B)/podring simulate $$f $$(sed -n '1s/^# simulate //p' $$f) -q -o ndjson \
	        >$${f%.yaml}.ndjson || exit 1; done
	PODRING_GOLDEN=1 $(B)/tests --filter '@(book|cli_describe)/*'

# BENCH: which; BENCH_ARGS: for each of them, such as --long. Every result leaves a JSON file, and all
# that are there go into the report. One bench that fails does not keep the others from running.
BENCH ?= $(patsubst perf/bench_%.c,%,$(BENCHES))
BENCH_COMMIT := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
GO_BENCH = $(filter $(GO_BENCHES),$(BENCH))

bench: setup
	$(call need,$(BENCH_PACKAGES) $(if $(GO_BENCH),golang-go))
	@$(MAKE) --no-print-directory $(patsubst %,$(B)/bench_%,$(BENCH)) $(if $(GO_BENCH),goclient)
	@failed=; for b in $(BENCH); do \
	    BENCH_COMMIT=$(BENCH_COMMIT) $(B)/bench_$$b $(BENCH_ARGS) --json $(B)/bench-$$b.json || failed="$$failed $$b"; \
	    echo; done; \
	if ls $(B)/bench-*.json >/dev/null 2>&1; then $(MAKE) --no-print-directory bench-report; fi; \
	if [ -n "$$failed" ]; then echo "failed:$$failed"; exit 1; fi

# All of perf/ that can be built here: without the libraries of the rivals, what needs none of them, unlinked.
BENCH_ALONE := $(filter-out perf/rivals/timers_lib%,$(RIVALS)) $(BENCHES)
bench-build: setup
	@if dpkg-query -W -f '$${Status}\n' $(BENCH_PACKAGES) 2>/dev/null | grep -c 'ok installed' \
	    | grep -qx $(words $(BENCH_PACKAGES)); then \
	    $(MAKE) --no-print-directory $(patsubst perf/%.c,$(B)/%,$(BENCHES)) $(B)/tool_report; \
	else \
	    echo "  NOTE  without $(BENCH_PACKAGES) the benches are compiled, but not linked"; \
	    $(MAKE) --no-print-directory $(call obj,$(BENCH_ALONE)) $(B)/tool_report; \
	fi

# Every bench, as small as it can be, and the report: seconds, for whoever changed something here.
bench-smoke: setup
	$(call need,$(BENCH_PACKAGES))
	@$(MAKE) --no-print-directory $(patsubst %,$(B)/bench_%,$(BENCH)) $(B)/tool_report
	@mkdir -p $(B)/smoke && rm -f $(B)/smoke/*
	@for b in $(BENCH); do echo "  SMOKE $$b"; \
	    $(B)/bench_$$b --smoke --json $(B)/smoke/$$b.json >$(B)/smoke/$$b.txt \
	        || { cat $(B)/smoke/$$b.txt; exit 1; }; done
	@$(B)/tool_report $(patsubst %,$(B)/smoke/%.json,$(BENCH)) >$(B)/smoke/report.html

RESULTS = $(sort $(wildcard $(B)/bench-*.json))
bench-report: $(B)/tool_report
	$(if $(RESULTS),,@echo 'no results are there: make bench'; exit 1)
	$(call say,HTML,$(B)/bench.html)$(B)/tool_report $(RESULTS) >$(B)/bench.html

# Writes the figures of the last run into docs/perf.md, between its two marks.
bench-doc: $(B)/tool_report
	$(if $(RESULTS),,@echo 'no results are there: make bench'; exit 1)
	@$(B)/tool_report --markdown $(RESULTS) >$(B)/bench.md
	@perl -0777 -i -pe 'BEGIN { local (@ARGV, $$/) = ("$(B)/bench.md"); $$new = <> } \
	    s/(<!-- figures -->\n).*(<!-- end of figures -->)/$$1$$new$$2/s or die "no marks\n"' docs/perf.md
	@echo "  DOC   docs/perf.md"

# Where Go cannot build, its row stays empty.
goclient: build/goclient
build/goclient: perf/rivals/goclient/main.go
	$(call say,GO,$@)go build -o $@ $< || echo "goclient cannot be built: the Go row stays empty"

# What `make flamegraph` records, and how often a second it looks.
FLAME_ARGS ?= simulate docs/examples/ten-thousand.yaml --for 30m -q
FLAME_HZ   ?= 997
FLAME      := build/flame.svg
flamegraph: setup
	$(call need,linux-perf perl systemtap-sdt-dev)
	@perf record -q -F $(FLAME_HZ) -g -o build/perf.data -- true 2>build/perf.log || { cat build/perf.log; \
	    echo "perf may not record here (kernel.perf_event_paranoid is" \
	        "$$(cat /proc/sys/kernel/perf_event_paranoid 2>/dev/null || echo unknown)): run as root, or" \
	        "sudo sysctl kernel.perf_event_paranoid=1"; exit 1; }
	@$(MAKE) --no-print-directory VARIANT=profile build/profile/podring
	$(call say,PERF,podring $(FLAME_ARGS))perf record -q -F $(FLAME_HZ) --call-graph fp -o build/perf.data \
	    -- build/profile/podring $(FLAME_ARGS) >build/flame.out
	$(call say,SVG,$(FLAME))perf script -i build/perf.data 2>/dev/null \
	    | perl perf/flamegraph.pl --title '$(subst ','\'',podring $(FLAME_ARGS))' >$(FLAME)

# ---- installing ---------------------------------------------------------------------------------

# LIBDIR: below PREFIX (lib/x86_64-linux-gnu), or a path of its own. STRIP=-s leaves out what debuggers read.
libdir   := $(if $(filter /%,$(LIBDIR)),$(LIBDIR),$(PREFIX)/$(LIBDIR))
TO       := $(DESTDIR)$(PREFIX)
TO_LIB   := $(DESTDIR)$(libdir)
STRIP    ?=
VERSION  := $(shell sed -n 's/^.define PODRING_VERSION_\(MAJOR\|MINOR\|PATCH\) //p' api/podring.h | paste -sd.)
MAN      := $(wildcard docs/man/*.[1-8])
filled    = sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@LIBDIR@|$(libdir)|g' -e 's|@VERSION@|$(VERSION)|g'

install: all
	@$(MAKE) --no-print-directory install-files

install-strip:
	@$(MAKE) --no-print-directory install STRIP=-s

# Of what is built already.
install-files:
	install -D -m 755 $(STRIP) $(B)/podring $(TO)/bin/podring
	install -D -m 644 api/podring.h $(TO)/include/podring.h
	install -D -m 644 $(B)/embed/libpodring.a $(TO_LIB)/libpodring.a
	$(if $(STRIP),strip --strip-debug $(TO_LIB)/libpodring.a)
	install -D -m 755 $(STRIP) $(B)/libpodring.so $(TO_LIB)/libpodring.so.0
	ln -sf libpodring.so.0 $(TO_LIB)/libpodring.so
	install -d $(TO_LIB)/pkgconfig $(TO_LIB)/cmake/podring
	$(filled) api/packaging/podring.pc.in >$(TO_LIB)/pkgconfig/podring.pc
	for f in podringConfig podringConfigVersion; do \
	    $(filled) api/packaging/$$f.cmake.in >$(TO_LIB)/cmake/podring/$$f.cmake || exit 1; done
	for m in $(MAN); do install -D -m 644 $$m $(TO)/share/man/man$${m##*.}/$${m##*/} || exit 1; done

uninstall:
	rm -f $(TO)/bin/podring $(TO)/include/podring.h $(TO_LIB)/libpodring.a $(TO_LIB)/libpodring.so.0 \
	    $(TO_LIB)/libpodring.so $(TO_LIB)/pkgconfig/podring.pc
	rm -rf $(TO_LIB)/cmake/podring
	for m in $(MAN); do rm -f $(TO)/share/man/man$${m##*.}/$${m##*/}; done

clean:
	rm -rf build

help:
	@sed -n 's/^#   \(make.*\)/\1/p' Makefile
	@echo 'make test-slow  the long tests'
	@echo 'make asan       every quick test under the address sanitizer; ubsan likewise'
	@echo 'make debug      build/debug, with all assertions; profile: frame pointers'
	@echo 'make bench      all benches of perf/ and build/bench.html; BENCH=wheel for one,'
	@echo '                BENCH_ARGS=--help for the flags they take; bench-smoke: seconds, no figures'
	@echo 'make bench-build builds the benches, or what of them needs no library that is missing'
	@echo 'make bench-doc  writes the figures of the last run into docs/perf.md'
	@echo 'make flamegraph  records FLAME_ARGS="simulate x.yaml --for 1h -q" and draws build/flame.svg'
	@echo 'make fuzz       the fuzz targets, FUZZ_TIME=60 seconds each; fuzz-smoke: a few seconds'
	@echo 'make mutants    builds bugs of one line and shows which of them no test notices; MUTANTSFLAGS='
	@echo 'make worlds-fresh  random worlds with seeds from the date; WORLDS_SECONDS=6 each test'
	@echo 'make torture    lets every allocation of some twenty commands fail; TORTURE_SHARE=50: every 50th'
	@echo 'make floors     checks who includes and calls whom, that each room links alone, the list of mutants'
	@echo 'make tidy       checks what docs/style.md says and a program can see'
	@echo 'make golden     writes anew what golden files and docs/examples.md must say; format: clang-format'
	@echo 'make install    PREFIX=/usr/local, LIBDIR=lib, DESTDIR=; install-strip, uninstall: the same'
	@echo 'options         V=1 shows commands, ALLOC=libc builds without mimalloc, CI=1 makes warnings errors'
