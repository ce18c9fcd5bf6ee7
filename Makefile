# SPDX-License-Identifier: Apache-2.0
#
# make            the library and the command, in build/release
# make help       everything else

# A module includes headers of itself and of the modules to its left.
MODULES := base deflate io document layer store registry engine image spec lint

VARIANT ?= release
BUILD   := build/$(VARIANT)

CC       ?= cc
AR       ?= ar
PKG_CONFIG ?= pkg-config
PREFIX   ?= /usr/local
LIBDIR   ?= $(PREFIX)/lib
BINDIR   ?= $(PREFIX)/bin
INCLUDEDIR ?= $(PREFIX)/include
DATADIR  ?= $(PREFIX)/share
MANDIR   ?= $(DATADIR)/man

VERSION := $(shell sed -n 's/^.define OCI_VERSION "\(.*\)"/\1/p' \
	liboci/include/oci/version.h)
SONAME  := liboci.so.0

PACKAGES := libcrypto jansson zlib libdeflate libzstd yaml-0.1 libelf
# Loaded at run time, when they are needed: their headers are enough.
HEADER_PACKAGES := libarchive libcurl

# `make install-deps` runs before there is anything to ask pkg-config for.
DEPS_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(PACKAGES) $(HEADER_PACKAGES))
DEPS_LIBS   = $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -ldl

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wvla -Wwrite-strings -Wpointer-arith
# In the library and the command: sizes are not cut off unseen.
CONVERSIONS := -Wconversion -Wsign-conversion
ifeq ($(WERROR),1)
WARNINGS += -Werror
endif

CFLAGS  ?= -O2 -g
# Those flags that the compiler and the C library know. -fcf-protection is for
# x86, -mbranch-protection for arm64.
KNOWN_OF = $(foreach flag,$(1),$(shell $(CC) -Werror -O2 $(flag) \
	-include stdlib.h -x c -c -o /dev/null /dev/null 2>/dev/null && \
	echo $(flag)))
FORTIFY_3 := -Wp,-U_FORTIFY_SOURCE,-D_FORTIFY_SOURCE=3
ifeq ($(origin HARDEN),undefined)
HARDEN := $(call KNOWN_OF,-fstack-protector-strong -fstack-clash-protection \
	-fcf-protection -mbranch-protection=standard) \
	$(or $(call KNOWN_OF,$(FORTIFY_3)),-D_FORTIFY_SOURCE=2)
endif
HARDEN_LDFLAGS ?= -Wl,-z,relro,-z,now,-z,noexecstack
ifeq ($(VARIANT),sanitize)
override CFLAGS := -O1 -g -fsanitize=address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
HARDEN :=
override LDFLAGS += -fsanitize=address,undefined
endif
ifeq ($(VARIANT),fuzz)
CC := clang
override CFLAGS := -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
HARDEN :=
FUZZ_ENGINE := -fsanitize=fuzzer
endif
ifeq ($(VARIANT),coverage)
override CFLAGS := -O0 -g --coverage -fprofile-update=prefer-atomic
HARDEN :=
override LDFLAGS += --coverage
endif
ifeq ($(VARIANT),thread)
override CFLAGS := -O1 -g -fsanitize=thread
HARDEN :=
override LDFLAGS += -fsanitize=thread
endif

PIE := -pie

# One file that needs no other: oci-pack with all libraries in it. CC,
# PKG_CONFIG and the libraries come from packaging/static.
ifeq ($(VARIANT),static)
PACKAGES += $(HEADER_PACKAGES)
override PKG_CONFIG += --static
PIE := -static-pie
override CPPFLAGS += -DOCI_STATIC_LIBRARIES
endif

OUR_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
	-fvisibility=hidden -fPIC -pthread $(WARNINGS) \
	-Iliboci -Iliboci/include
COMPILE = $(CC) $(OUR_CFLAGS) $(HARDEN) $(DEPS_CFLAGS) $(CPPFLAGS) $(CFLAGS)

LIB_SOURCES := $(sort $(foreach m,$(MODULES),$(wildcard liboci/$(m)/*.c)))
CLI_SOURCES := $(sort $(wildcard cli/*.c))
TEST_SOURCES := $(sort $(wildcard tests/unit/*_test.c))
HEADERS := $(sort $(wildcard liboci/include/oci/*.h))

LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/%.o)
CLI_OBJECTS := $(CLI_SOURCES:%.c=$(BUILD)/%.o)
TESTS := $(TEST_SOURCES:tests/unit/%.c=$(BUILD)/tests/%)

STATIC := $(BUILD)/liboci.a
SHARED := $(BUILD)/liboci.so.$(VERSION)
COMMAND := $(BUILD)/oci-pack

ifneq ($(V),1)
Q := @
SAY = @printf '  %-5s %s\n'
else
SAY = @:
endif

.PHONY: all
all: $(STATIC) $(SHARED) $(COMMAND) $(BUILD)/liboci.pc

$(BUILD)/%.o: %.c Makefile
	$(SAY) CC $<
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(CONVERSIONS) -MMD -MP -c -o $@ $<

bytes_of = cat $(1) | od -An -v -tu1 | sed 's/[0-9][0-9]*/&,/g'

# The page of `oci-pack report`: its files as lists of bytes in C, in the order
# of their names.
REPORT_CSS := $(sort $(wildcard cli/report/*.css))
REPORT_JS := $(sort $(wildcard cli/report/*.js))
REPORT_PARTS := $(BUILD)/report/report_html.h $(BUILD)/report/report_css.h \
	$(BUILD)/report/report_js.h

$(BUILD)/cli/report_page.o: OUR_CFLAGS += -I$(BUILD)/report
$(BUILD)/cli/report_page.o: $(REPORT_PARTS)

$(BUILD)/report/report_html.h: cli/report/report.html
$(BUILD)/report/report_css.h: $(REPORT_CSS)
$(BUILD)/report/report_js.h: $(REPORT_JS)
$(REPORT_PARTS): Makefile
	$(SAY) BYTES $@
	@mkdir -p $(@D)
	$(Q)$(call bytes_of,$(filter cli/%,$^)) >$@

# The specs of `oci-pack init`, likewise.
INIT_PARTS := $(patsubst cli/init/%.spec,$(BUILD)/init/%.h,\
	$(wildcard cli/init/*.spec))
$(BUILD)/cli/init.o: OUR_CFLAGS += -I$(BUILD)/init
$(BUILD)/cli/init.o: $(INIT_PARTS)
$(BUILD)/init/%.h: cli/init/%.spec Makefile
	$(SAY) BYTES $@
	@mkdir -p $(@D)
	$(Q)$(call bytes_of,$<) >$@

$(STATIC): $(LIB_OBJECTS)
	$(SAY) AR $@
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(SHARED): $(LIB_OBJECTS) liboci/liboci.map
	$(SAY) LD $@
	$(Q)$(CC) -shared -pthread -Wl,-soname,$(SONAME) \
		-Wl,--version-script=liboci/liboci.map -Wl,-z,defs \
		$(HARDEN_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $(LIB_OBJECTS) \
		$(DEPS_LIBS)
	$(Q)ln -sf liboci.so.$(VERSION) $(BUILD)/$(SONAME)
	$(Q)ln -sf $(SONAME) $(BUILD)/liboci.so

# The command carries the library in itself: one file to copy.
$(COMMAND): $(CLI_OBJECTS) $(STATIC)
	$(SAY) LD $@
	$(Q)$(CC) -pthread $(PIE) $(HARDEN_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ \
		$^ \
		$(DEPS_LIBS)

# Written anew each time: PREFIX and LIBDIR may be others than before.
.PHONY: $(BUILD)/liboci.pc
$(BUILD)/liboci.pc: pkgconfig/liboci.pc.in
	@mkdir -p $(@D)
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
		-e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@VERSION@|$(VERSION)|' \
		-e 's|@PACKAGES@|$(PACKAGES)|' $< >$@

$(BUILD)/tests/%: tests/unit/%.c $(STATIC) Makefile
	$(SAY) TEST $@
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -DFIXTURES='"fixtures"' -MMD -MP $(LDFLAGS) -o $@ $< \
		$(STATIC) $(DEPS_LIBS) \
		$$($(PKG_CONFIG) --cflags --libs libarchive cmocka)

.PHONY: tests
tests: $(TESTS)

# What drives the fuzz targets: a fuzzer's engine, or replay.c, which runs them
# over files. FUZZ_LINK is a C++ compiler where the engine needs one.
FUZZ_ENGINE ?= tests/fuzz/replay.c
FUZZ_LINK ?= $(CC)
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,\
	$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))

$(FUZZERS): $(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(STATIC) \
		$(wildcard tests/fuzz/replay.c)
	$(SAY) FUZZ $@
	@mkdir -p $(@D)
	$(Q)$(FUZZ_LINK) $(CFLAGS) $(LDFLAGS) -pthread -o $@ $< \
		$(FUZZ_ENGINE) $(STATIC) $(DEPS_LIBS)

.PHONY: fuzzers
fuzzers: $(FUZZERS)

# Manual pages and completions are made by the command itself, and by awk from
# headers and docs/spec.md. In a cross build, EMULATOR runs the command.
EMULATOR ?=
MAN := $(BUILD)/man
MAN_COMMANDS := $(patsubst command_%,%,$(shell sed -n \
	's/^const struct command \(command_[a-z]*\) = {/\1/p' cli/*.c))
PAGES := $(MAN)/oci-pack.1 $(MAN_COMMANDS:%=$(MAN)/oci-pack-%.1) \
	$(MAN)/oci-pack-spec.5 $(MAN)/liboci.3 \
	$(HEADERS:liboci/include/oci/%.h=$(MAN)/oci_%.3)
COMPLETIONS := $(BUILD)/completions/oci-pack $(BUILD)/completions/_oci-pack \
	$(BUILD)/completions/oci-pack.fish
VERSION_DATE := $(shell sed -n 's/^.define OCI_VERSION_DATE "\(.*\)"/\1/p' \
	liboci/include/oci/version.h)
AWK_PAGE = awk -v date='$(VERSION_DATE)' -f docs/man/text.awk

.PHONY: pages
pages: $(PAGES) $(COMPLETIONS)

# make_page COMMAND: the target, whole or not at all.
define make_page
	$(SAY) PAGE $@
	@mkdir -p $(@D)
	$(Q)$(1) >$@.tmp && mv $@.tmp $@
endef

$(MAN)/oci-pack.1: $(COMMAND)
	$(call make_page,$(EMULATOR) $(COMMAND) help --mdoc)
$(MAN)/oci-pack-%.1: $(COMMAND)
	$(call make_page,$(EMULATOR) $(COMMAND) help --mdoc $*)
$(MAN)/oci-pack-spec.5: docs/spec.md $(wildcard docs/man/*.awk)
	$(call make_page,$(AWK_PAGE) -v title=oci-pack-spec \
		-v summary='the language of specs' -f docs/man/markdown.awk $<)
$(MAN)/liboci.3: docs/man/liboci.3 liboci/include/oci/version.h
	$(call make_page,sed 's/@DATE@/$(VERSION_DATE)/' $<)
$(MAN)/oci_%.3: liboci/include/oci/%.h $(wildcard docs/man/*) \
		$(wildcard examples/link/*.c)
	$(call make_page,$(AWK_PAGE) -v header=oci/$*.h \
		-f docs/man/header.awk $<)

$(BUILD)/completions/oci-pack: $(COMMAND)
	$(call make_page,$(EMULATOR) $(COMMAND) completion bash)
$(BUILD)/completions/_oci-pack: $(COMMAND)
	$(call make_page,$(EMULATOR) $(COMMAND) completion zsh)
$(BUILD)/completions/oci-pack.fish: $(COMMAND)
	$(call make_page,$(EMULATOR) $(COMMAND) completion fish)

# The loader finds a library in its own folders once ldconfig has read them. A
# package does that when it is installed; other users than root cannot.
LDCONFIG ?= PATH="$$PATH:/usr/sbin:/sbin" ldconfig
TELL_LOADER = $(if $(DESTDIR),,@[ "$$(id -u)" -ne 0 ] || $(LDCONFIG) || \
	echo 'ldconfig failed: see "The library" in README.md' >&2)

BASHDIR = $(DATADIR)/bash-completion/completions
ZSHDIR  = $(DATADIR)/zsh/site-functions
FISHDIR = $(DATADIR)/fish/vendor_completions.d
DOCDIR  = $(DATADIR)/doc/oci-pack
INSTALL_FOLDERS = $(MANDIR)/man1 $(MANDIR)/man3 $(MANDIR)/man5 $(BASHDIR) \
	$(ZSHDIR) $(FISHDIR) $(DOCDIR)/recipes
INSTALLED_DOCS = $(wildcard docs/*.md) docs/oci-pack.schema.json README.md \
	CHANGELOG.md LICENSE

.PHONY: install uninstall
install: all pages
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig \
		$(DESTDIR)$(INCLUDEDIR)/oci
	install -m 755 $(COMMAND) $(DESTDIR)$(BINDIR)/oci-pack
	install -m 644 $(STATIC) $(DESTDIR)$(LIBDIR)/liboci.a
	install -m 755 $(SHARED) $(DESTDIR)$(LIBDIR)/
	ln -sf liboci.so.$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/liboci.so
	install -m 644 $(BUILD)/liboci.pc $(DESTDIR)$(LIBDIR)/pkgconfig/
	install -m 644 $(HEADERS) $(DESTDIR)$(INCLUDEDIR)/oci/
	install -d $(INSTALL_FOLDERS:%=$(DESTDIR)%)
	install -m 644 $(filter %.1,$(PAGES)) $(DESTDIR)$(MANDIR)/man1/
	install -m 644 $(filter %.3,$(PAGES)) $(DESTDIR)$(MANDIR)/man3/
	install -m 644 $(filter %.5,$(PAGES)) $(DESTDIR)$(MANDIR)/man5/
	install -m 644 $(BUILD)/completions/oci-pack $(DESTDIR)$(BASHDIR)/
	install -m 644 $(BUILD)/completions/_oci-pack $(DESTDIR)$(ZSHDIR)/
	install -m 644 $(BUILD)/completions/oci-pack.fish $(DESTDIR)$(FISHDIR)/
	install -m 644 $(INSTALLED_DOCS) $(DESTDIR)$(DOCDIR)/
	install -m 644 docs/recipes/*.md $(DESTDIR)$(DOCDIR)/recipes/
	$(TELL_LOADER)

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/oci-pack $(DESTDIR)$(LIBDIR)/liboci.a \
		$(DESTDIR)$(LIBDIR)/liboci.so $(DESTDIR)$(LIBDIR)/$(SONAME) \
		$(DESTDIR)$(LIBDIR)/liboci.so.$(VERSION) \
		$(DESTDIR)$(LIBDIR)/pkgconfig/liboci.pc
	rm -rf $(DESTDIR)$(INCLUDEDIR)/oci $(DESTDIR)$(DOCDIR)
	rm -f $(DESTDIR)$(BASHDIR)/oci-pack $(DESTDIR)$(ZSHDIR)/_oci-pack \
		$(DESTDIR)$(FISHDIR)/oci-pack.fish
	cd $(DESTDIR)$(MANDIR) && rm -f \
		$(addprefix man1/,$(notdir $(filter %.1,$(PAGES)))) \
		$(addprefix man3/,$(notdir $(filter %.3,$(PAGES)))) \
		$(addprefix man5/,$(notdir $(filter %.5,$(PAGES))))

# Static binaries for amd64, arm64 and riscv64, or for those of ARCHS.
ARCHS ?=
.PHONY: static
static:
	@packaging/static $(ARCHS)

# What follows is for people and CI: each step is a script in tests/.
.PHONY: install-deps demo check check-buildx
install-deps:
	@tests/install-deps build

demo:
	@tests/install-deps build
	@$(MAKE) --no-print-directory all
	@examples/demo $(COMMAND)

check:
	@tests/install-deps check
	@tests/check

# Each allocation fails once, and each system call in several ways, over all
# commands: 40 minutes and 10. EVERY=10 tries each tenth.
EVERY ?= 1
.PHONY: check-oom check-io
check-oom:
	@tests/install-deps check
	@$(MAKE) --no-print-directory all
	@python3 tests/injection/inject.py $(COMMAND) memory $(EVERY)

check-io:
	@tests/install-deps check
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory VARIANT=sanitize all
	@python3 tests/injection/inject.py $(COMMAND) calls $(EVERY)
	@python3 tests/injection/inject.py build/sanitize/oci-pack calls $(EVERY)

# Threads, by the thread sanitizer; then other architectures, whose compilers
# run in qemu: each takes half an hour.
.PHONY: check-tsan check-riscv64 check-s390x
check-tsan:
	@tests/install-deps check
	@tests/threads

check-riscv64 check-s390x: check-%:
	@tests/install-deps check
	@CI=true tests/native $*

# Commands are killed at each system call and at 1,000 random moments, lose
# power in a model of a disk, and run twenty at once: 15 minutes.
.PHONY: check-kill
check-kill:
	@tests/install-deps check
	@$(MAKE) --no-print-directory all
	@status=0; for test in kills power_loss parallel; do \
		OCI_PACK=$(CURDIR)/$(COMMAND) python3 tests/crash/$$test.py \
			--full || status=1; \
	done; exit $$status

# The analyzers of gcc and clang: findings that nobody has looked at.
.PHONY: analyze
analyze:
	@tests/analyze

# From the image that `make demo` makes to what docker buildx builds with it,
# step by step; then the other specs of examples/buildkit, for all platforms.
check-buildx:
	@tests/install-deps check
	@$(MAKE) --no-print-directory all
	@CI=true ALL_PLATFORMS=1 bats --tap tests/interop/end_to_end.bats \
		tests/interop/variants.bats

# Images that are known to run, in which lint is to find no error. Inputs are
# kept in CORPUS_CACHE, or build/corpus: 6 GB.
.PHONY: corpus
corpus:
	@tests/install-deps check
	@$(MAKE) --no-print-directory all
	@tests/corpus/run $(COMMAND)

# Forty small changes of guards, each of which a test has to notice.
.PHONY: mutants
mutants:
	@tests/install-deps check
	@tests/mutants

# Beside its peers, in one run: RUNS=5 of each.
.PHONY: bench
bench:
	@tests/install-deps bench
	@$(MAKE) --no-print-directory all $(BUILD)/rates $(BUILD)/floor \
		$(BUILD)/deflate
	@tests/interop/peer crane oras docker-buildx registry umoci || true
	@tests/bench/bench

$(BUILD)/rates $(BUILD)/floor $(BUILD)/deflate: $(BUILD)/%: tests/bench/%.c \
		$(BUILD)/liboci.a Makefile
	$(SAY) CC $@
	$(Q)$(COMPILE) $(LDFLAGS) -o $@ $< $(BUILD)/liboci.a $(DEPS_LIBS)

# Each of TARGETS, or all fuzz targets, for SECONDS; the usual is 30.
.PHONY: fuzz
fuzz:
	@tests/fuzz/fuzz $(or $(SECONDS),30) $(TARGETS)

# Lines, branches and functions of liboci that the tests reach.
.PHONY: coverage
coverage:
	@tests/install-deps check
	@tests/coverage

.PHONY: lint format
lint:
	@tests/lint $(MODULES)

format:
	clang-format -i $(shell git ls-files '*.c' '*.h')

# The files of a commit; the same bytes for everyone who makes it.
DIST := liboci-$(VERSION)
REVISION ?= HEAD

.PHONY: dist clean help
dist:
	@mkdir -p build
	git -c tar.umask=0022 archive --format=tar --prefix=$(DIST)/ \
		-o build/$(DIST).tar $(REVISION)
	gzip -9n <build/$(DIST).tar >$(DIST).tar.gz
	sha256sum $(DIST).tar.gz >$(DIST).tar.gz.sha256
	@rm build/$(DIST).tar

clean:
	rm -rf build

help:
	@printf '%s\n' \
	'make                the library and oci-pack, in build/release' \
	'make demo           installs what is missing, builds, fetches the' \
	'                    inputs, writes and verifies build/demo/*.tar' \
	'make check          installs what the tests need and runs them all' \
	'make check-kill     kills, losses of power and parallel runs' \
	'make check-oom      each allocation fails once; EVERY=10: each tenth' \
	'make check-io       each system call fails, in several ways' \
	'make check-tsan     threads, with the thread sanitizer' \
	'make check-riscv64  unit tests, built on riscv64; check-s390x' \
	'make analyze        new findings of the analyzers of gcc and clang' \
	'make check-buildx   docker buildx with the image that make demo makes,' \
	'                    each step, and all specs of examples/buildkit' \
	'make corpus         lint, on hundreds of images that are known to run' \
	'make mutants        changes of guards, which tests have to notice' \
	'make lint           the dependency law, exports, banned functions' \
	'make bench          speed, size and memory beside those of peers' \
	'make fuzz           every fuzzer, or TARGETS=, for SECONDS=30 each,' \
	'                    where clang is' \
	'make coverage       lines and branches of liboci that tests reach,' \
	'                    in build/coverage/report.txt' \
	'make pages          manual pages, and completions for shells' \
	'make dist           liboci-VERSION.tar.gz of REVISION=HEAD, and its' \
	'                    .sha256' \
	'make install        PREFIX, LIBDIR, BINDIR, DESTDIR are respected' \
	'make static         one file without libraries, for each of ARCHS=' \
	'make VARIANT=sanitize tests   with address and undefined sanitizers' \
	'make format uninstall clean' \
	'V=1 shows the commands, WERROR=1 makes warnings errors'

-include $(LIB_OBJECTS:.o=.d) $(CLI_OBJECTS:.o=.d) $(TESTS:=.d) \
	$(FUZZERS:$(BUILD)/fuzz/%=$(BUILD)/tests/fuzz/%.d)
