/* SPDX-License-Identifier: Apache-2.0 */
/* Trees: conflicts, whiteouts and hard links. */
#include "examples.h"

static const struct example conflicts[] = {
	{ "two contents", { { { "f", "/a", "x" },
			      { "f", "/a", "y" } } },
	  "two sources for '/a'", OCI_E_CONFLICT },
	{ "identical", { { { "f", "/a", "x" }, { "f", "//a/", "x" } } },
	  "a f=1", 0 },
	{ "two lengths", { { { "f", "/a", "x" },
			     { "f", "/a", "" } } },
	  "two sources", OCI_E_CONFLICT },
	{ "two links", { { { "l", "/a", "x" }, { "l", "/a", "y" } } },
	  "two sources", OCI_E_CONFLICT },
	{ "identical links", { { { "l", "/a", "x" },
				 { "l", "/a", "x" } } },
	  "a l>x", 0 },
	{ "file and directory", { { { "f", "/a", "x" },
				    { "d", "/a", NULL } } },
	  "two sources", OCI_E_CONFLICT },
	{ "through a link", { { { "l", "/a", "b" }, { "f", "/a/x", "1" },
				{ "f", "/b/x", "2" } } },
	  "two sources for '/b/x'", OCI_E_CONFLICT },
	{ "identical through a link",
	  { { { "l", "/a", "b" }, { "f", "/a/x", "1" },
	      { "f", "/b/x", "1" } } }, "a l>b b d b/x f=1", 0 },
	{ "under a file", { { { "f", "/a", "x" },
			      { "f", "/a/b", "y" } } },
	  "lies under '/a'", OCI_E_CONFLICT },
	{ "file and whiteout", { { { "f", "/a", "x" } },
				 { { "-", "/a", NULL },
				   { "f", "/a", "y" } } },
	  "two sources", OCI_E_CONFLICT },
	{ "over a lower directory", { { { "d", "/a", NULL } },
				      { { "f", "/a", "x" } } },
	  "a directory in a lower layer", OCI_E_CONFLICT },
	{ "link over a lower directory",
	  { { { "d", "/a", NULL } }, { { "l", "/a", "x" } } },
	  "a directory in a lower layer", OCI_E_CONFLICT },
	{ "directory over a lower file",
	  { { { "f", "/a", "" } }, { { "d", "/a", NULL } } },
	  "a file in a lower layer", OCI_E_CONFLICT },
	{ "under a lower file", { { { "f", "/a", "" } },
				  { { "f", "/a/b", NULL } } },
	  "lies under '/a'", OCI_E_CONFLICT },
	{ "file over a lower file", { { { "f", "/a", "x" } },
				      { { "f", "/a", "yy" } } },
	  "a f=2", 0 },
	{ "file over a lower link", { { { "l", "/a", "x" } },
				      { { "f", "/a", "yy" } } },
	  "a f=2", 0 },
};

static const struct example replacements[] = {
	{ "replace", { { { "f", "/a", "x" }, { "rf", "/a", "yy" } } },
	  "a f=2", 0 },
	{ "replace too early", { { { "rf", "/a", "x" },
				   { "f", "/a", "yy" } } },
	  "two sources", OCI_E_CONFLICT },
	{ "replace nothing", { { { "rf", "/a", "x" } } }, "a f=1", 0 },
	{ "link by directory", { { { "l", "/a", "b" },
				   { "rd", "/a", NULL },
				   { "f", "/a/x", NULL } } },
	  "a d a/x f", 0 },
	{ "lower link by directory", { { { "l", "/a", "b" },
					 { "f", "/b/y", NULL } },
				       { { "rd", "/a", NULL },
					 { "f", "/a/x", NULL } } },
	  "a d a/x f", 0 },
	{ "lower directory by file", { { { "f", "/a/x", NULL } },
				       { { "rf", "/a", "1" } } },
	  "a f=1", 0 },
	{ "and what was in it is gone",
	  { { { "f", "/a/x", NULL } }, { { "rf", "/a", "1" } },
	    { { "-", "/a/x", NULL } } },
	  "lies under '/a'", OCI_E_CONFLICT },
	{ "link by file", { { { "l", "/a", "b" }, { "rf", "/a", "1" },
			      { "f", "/b/x", NULL } } },
	  "a f=1 b d b/x f", 0 },
	{ "later directory decides", { { { "d", "/a", "7" },
					 { "d", "/a", NULL } } },
	  "a d", 0 },
};

static void test_conflicts(void **state)
{

	(void)state;
	CHECK_BOTH(conflicts);
	CHECK_IN_ORDER(replacements);
}

static const struct example whiteouts[] = {
	{ "a file", { { { "f", "/a/b", NULL } },
		      { { "-", "/a/b", NULL } } }, "a d a/b -", 0 },
	{ "nothing", { { { "f", "/a/b", NULL } },
		       { { "-", "/a/c", NULL } } },
	  "no lower layer has it", OCI_E_NOT_FOUND },
	{ "no layer at all", { { { "-", "/a", NULL } } },
	  "no lower layer has it", OCI_E_NOT_FOUND },
	{ "twice", { { { "f", "/a", NULL } }, { { "-", "/a", NULL } },
		     { { "-", "/a", NULL } } },
	  "no lower layer has it", OCI_E_NOT_FOUND },
	{ "a folder with what is in it",
	  { { { "f", "/a/b/c", NULL }, { "f", "/ab", NULL } },
	    { { "-", "/a", NULL } }, { { "-", "/a/b/c", NULL } } },
	  "no lower layer has it", OCI_E_NOT_FOUND },
	{ "and not its neighbour",
	  { { { "f", "/a/b/c", NULL }, { "f", "/ab", NULL } },
	    { { "-", "/a", NULL } }, { { "-", "/ab", NULL } } },
	  "ab -", 0 },
	{ "through a link", { { { "l", "/a", "b" },
				{ "f", "/b/x", NULL } },
			      { { "-", "/a/x", NULL } } },
	  "b d b/x -", 0 },
	{ "the link itself", { { { "l", "/a", "b" },
				 { "f", "/b/x", NULL } },
			       { { "-", "/a", NULL } } }, "a -", 0 },
	{ "before its siblings",
	  { { { "f", "/a/z", NULL }, { "f", "/z", NULL } },
	    { { "-", "/a/z", NULL }, { "f", "/a/ b", NULL },
	      { "d", "/a", "7" }, { "f", "/a-", NULL }, { "-", "/z", NULL } } },
	  "z - a d:700 a- f a/ b f a/z -", 0 },
	{ "identical", { { { "f", "/a", NULL } },
			 { { "-", "/a", NULL }, { "-", "/a", NULL } } },
	  "a -", 0 },
	{ "under what is removed",
	  { { { "f", "/a/b", NULL } },
	    { { "-", "/a", NULL }, { "f", "/a/c", NULL } } },
	  "lies under '/a'", OCI_E_CONFLICT },
};

static void test_whiteouts(void **state)
{

	(void)state;
	CHECK_BOTH(whiteouts);
}

static const struct example hardlinks[] = {
	{ "after", { { { "f", "/a", "xy" }, { "h", "/b", "/a" } } },
	  "a f=2 b h>a", 0 },
	{ "before", { { { "f", "/b", "xy" }, { "h", "/a", "/b" } } },
	  "a f=2 b h>a", 0 },
	{ "a chain", { { { "h", "/a", "/b" }, { "h", "/b", "/c" },
			 { "h", "/c", "/d" }, { "f", "/d", "x" } } },
	  "a f=1 b h>a c h>a d h>a", 0 },
	{ "two groups", { { { "f", "/b", "x" }, { "f", "/d", "yy" },
			    { "h", "/a", "/d" }, { "h", "/c", "/b" },
			    { "h", "/e", "/d" } } },
	  "a f=2 b f=1 c h>b d h>a e h>a", 0 },
	{ "through links", { { { "l", "/l", "m" }, { "f", "/m/a", "x" },
			       { "h", "/b", "/l/a" } } },
	  "b f=1 l l>m m d m/a h>b", 0 },
	{ "itself", { { { "h", "/a", "/a" } } }, "no file",
	  OCI_E_INVALID },
	{ "a circle", { { { "h", "/a", "/b" }, { "h", "/b", "/c" },
			  { "h", "/c", "/b" } } },
	  "no file", OCI_E_INVALID },
	{ "nothing", { { { "h", "/a", "/b" } } }, "no file",
	  OCI_E_INVALID },
	{ "a directory", { { { "d", "/b", NULL },
			     { "h", "/a", "/b" } } },
	  "no file", OCI_E_INVALID },
	{ "a symlink", { { { "l", "/b", "c" }, { "f", "/c", NULL },
			   { "h", "/a", "/b" } } },
	  "no file", OCI_E_INVALID },
	{ "a lower layer", { { { "f", "/b", NULL } },
			     { { "h", "/a", "/b" } } },
	  "in a lower layer", OCI_E_INVALID },
	{ "identical", { { { "f", "/a", "x" }, { "h", "/b", "/a" },
			   { "h", "/b", "/a" } } },
	  "a f=1 b h>a", 0 },
	{ "to two files", { { { "f", "/a", "x" }, { "f", "/c", "x" },
			      { "h", "/b", "/a" },
			      { "h", "/b", "/c" } } },
	  "two sources", OCI_E_CONFLICT },
	{ "over a lower directory, replaced",
	  { { { "d", "/a", NULL } },
	    { { "f", "/b", "x" }, { "rh", "/a", "/b" } } },
	  "a f=1 b h>a", 0 },
	{ "over a lower directory",
	  { { { "d", "/a", NULL } },
	    { { "f", "/b", "x" }, { "h", "/a", "/b" } } },
	  "a directory in a lower layer", OCI_E_CONFLICT },
};

static void test_hardlinks(void **state)
{

	(void)state;
	CHECK_BOTH(hardlinks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_whiteouts),
		cmocka_unit_test(test_hardlinks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
