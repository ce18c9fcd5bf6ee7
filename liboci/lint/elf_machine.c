/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the machine of a file with the platform. */
#include <stdio.h>
#include <string.h>

#include "lint/elf.h"

static const struct {
	const char *architecture; /* its name in images */
	unsigned machine, class, data;
} machines[] = {
	{ "riscv64", EM_RISCV, ELFCLASS64, ELFDATA2LSB },
	{ "amd64", EM_X86_64, ELFCLASS64, ELFDATA2LSB },
	{ "arm64", EM_AARCH64, ELFCLASS64, ELFDATA2LSB },
	{ "arm", EM_ARM, ELFCLASS32, ELFDATA2LSB },
	{ "386", EM_386, ELFCLASS32, ELFDATA2LSB },
	{ "ppc64le", EM_PPC64, ELFCLASS64, ELFDATA2LSB },
	{ "ppc64", EM_PPC64, ELFCLASS64, ELFDATA2MSB },
	{ "s390x", EM_S390, ELFCLASS64, ELFDATA2MSB },
	{ "mips64le", EM_MIPS, ELFCLASS64, ELFDATA2LSB },
	{ "mips64", EM_MIPS, ELFCLASS64, ELFDATA2MSB },
	{ "mipsle", EM_MIPS, ELFCLASS32, ELFDATA2LSB },
	{ "mips", EM_MIPS, ELFCLASS32, ELFDATA2MSB },
	{ "loong64", OCI_EM_LOONGARCH, ELFCLASS64, ELFDATA2LSB },
	{ "riscv32", EM_RISCV, ELFCLASS32, ELFDATA2LSB },
};

enum { MACHINES = sizeof(machines) / sizeof(machines[0]) };

static void describe(char text[128], const struct oci_elf *elf)
{
	for (size_t i = 0; i < MACHINES; i++)
		if (machines[i].machine == elf->machine &&
		    machines[i].class == elf->class &&
		    machines[i].data == elf->data) {
			snprintf(text, 128, "it is for %s",
				 machines[i].architecture);
			return;
		}
	snprintf(text, 128, "it is for machine %u (%s bits, %s endian)",
		 elf->machine, elf->class == ELFCLASS64 ? "64" : "32",
		 elf->data == ELFDATA2MSB ? "big" : "little");
}

/* Cuts the version off a part of "rv64i2p1_m2p0_zicsr2p0". */
static size_t part_name(char out[32], const char *part, size_t size)
{
	size_t n = 0;

	/* A version at the end is digits, "p", digits. */
	while (size && part[size - 1] >= '0' && part[size - 1] <= '9')
		size--;
	if (size > 1 && part[size - 1] == 'p' && part[size - 2] >= '0' &&
	    part[size - 2] <= '9')
		for (size--; size && part[size - 1] >= '0' &&
			     part[size - 1] <= '9';)
			size--;
	for (; n < size && n < 31; n++)
		out[n] = part[n];
	out[n] = '\0';
	return n;
}

/* The extensions of every machine for linux/riscv64: RVA20U64, and the names of
 * its parts in newer compilers. */
static bool is_usual(const char *name)
{
	static const char *const usual[] = {
		"rv64i", "i", "m", "a", "f", "d", "c", "g", "zicsr",
		"zifencei", "zicntr", "zmmul", "zaamo", "zalrsc", "zca", "zcd",
		"zcf", "ziccif", "ziccrse", "ziccamoa", "za128rs", "zicclsm",
	};

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (strcmp(name, usual[i]) == 0)
			return true;
	return false;
}

/* Finds an extension that some machines lack. */
static bool needs_more(char text[128], const char *arch)
{
	char name[32];

	while (*arch) {
		size_t size = strcspn(arch, "_");

		if (part_name(name, arch, size) && !is_usual(name)) {
			snprintf(text, 128,
				 "it was compiled, at least in part, "
				 "for the extension %s, which not every "
				 "riscv64 machine has",
				 name);
			return true;
		}
		arch += size + (arch[size] == '_');
	}
	return false;
}

static bool misfits_riscv(char text[128], const struct oci_elf *elf)
{
	static const char *const abis[] = { "soft", "single", "double",
					    "quad" };
	unsigned abi = (elf->flags & 0x6u) >> 1;

	/* The ABI only matters to a program that loads libraries. */
	if (abi != 2 && elf->dynamic) {
		snprintf(text, 128, "its floating-point ABI is %s, the "
			 "platform's is double", abis[abi]);
		return true;
	}
	return false;
}

bool oci_elf_wants_more(char text[128], const struct oci_elf *elf,
			const struct oci_platform *platform)
{
	return strcmp(platform->architecture, "riscv64") == 0 && elf->arch &&
	       needs_more(text, elf->arch);
}

/* Kernels that start programs of a smaller machine too. */
static bool is_compatible(const struct oci_elf *elf, const char *architecture)
{
	return (elf->machine == EM_386 &&
		strcmp(architecture, "amd64") == 0) ||
	       (elf->machine == EM_ARM &&
		strcmp(architecture, "arm64") == 0);
}

bool oci_elf_of_platform(struct oci_elf *out,
			 const struct oci_platform *platform)
{
	*out = (struct oci_elf){ 0 };
	for (size_t i = 0; i < MACHINES; i++)
		if (strcmp(machines[i].architecture, platform->architecture) ==
		    0) {
			out->machine = machines[i].machine;
			out->class = machines[i].class;
			out->data = machines[i].data;
			return true;
		}
	return false;
}

bool oci_elf_misfit(char text[128], const struct oci_elf *elf,
		    const struct oci_platform *platform)
{
	struct oci_elf own;

	if (!oci_elf_of_platform(&own, platform))
		return false;
	if (own.machine != elf->machine || own.class != elf->class ||
	    own.data != elf->data) {
		describe(text, elf);
		return !is_compatible(elf, platform->architecture);
	}
	return strcmp(platform->architecture, "riscv64") == 0 &&
	       misfits_riscv(text, elf);
}
