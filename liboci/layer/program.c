/* SPDX-License-Identifier: Apache-2.0 */
/* Recognizes static programs, which are large, by their program headers. System
 * V ABI, "Object Files" and "Program Loading". */
#include "layer/program.h"

#include <elf.h>
#include <stdint.h>

static uint64_t number(const unsigned char *p, size_t size, bool big)
{
	uint64_t out = 0;

	for (size_t i = 0; i < size; i++)
		out = out << 8 | p[big ? i : size - 1 - i];
	return out;
}

bool oci_program_is_static(const void *data, size_t size)
{
	const unsigned char *p = data;
	uint64_t offset, count;
	bool big;

	if (size < sizeof(Elf64_Ehdr) || p[EI_CLASS] != ELFCLASS64)
		return false;
	big = p[EI_DATA] == ELFDATA2MSB;
	offset = number(p + offsetof(Elf64_Ehdr, e_phoff), 8, big);
	count = number(p + offsetof(Elf64_Ehdr, e_phnum), 2, big);
	if (!count || offset > size ||
	    (size - offset) / sizeof(Elf64_Phdr) < count)
		return false;
	for (p += offset; count; count--, p += sizeof(Elf64_Phdr)) {
		uint64_t type = number(p, 4, big);

		if (type == PT_INTERP || type == PT_DYNAMIC ||
		    (type >= PT_LOPROC && type <= PT_HIPROC))
			return false;
	}
	return true;
}
