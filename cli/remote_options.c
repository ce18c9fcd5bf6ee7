/* SPDX-License-Identifier: Apache-2.0 */
/* The options of commands that talk to registries. */
#include "remote.h"

#include <string.h>

/* The options of one side, the first of which has the value first. */
static bool side_option(struct remote_side *side, int first, int option)
{
	switch (option - first) {
	case 0:
		side->authfile = optarg;
		return true;
	case 1:
		side->ca_file = optarg;
		return true;
	case 2:
		return side->plain_http = true;
	case 3:
		return side->insecure = true;
	default:
		return false;
	}
}

/* Limits on time: -2 where it is no such option. */
static int time_option(struct remote_options *out, const char *command,
		       int option)
{
	uint64_t number;

	if (option == 521) {
		if (!parse_number(&number, optarg, 86400) || !number)
			return say_usage(command,
					 "--first-byte-timeout '%s' "
					 "is not 1 to 86400 seconds",
					 optarg);
		out->first_byte_seconds = (unsigned)number;
		return -1;
	}
	if (option != 522)
		return -2;
	if (!parse_size(&number, optarg) || number > INT32_MAX)
		return say_usage(command,
				 "--speed-limit '%s' is no size such "
				 "as 1K",
				 optarg);
	out->lowest_rate = (int64_t)number;
	out->has_lowest_rate = true;
	return -1;
}

static int add_token_host(struct remote_options *out, const char *command,
			  const char *text)
{
	const char *equals = strchr(text, '=');
	struct oci_error err;

	if (!equals || equals == text || !equals[1] || strpbrk(text, "/ "))
		return say_usage(command,
				 "--token-host '%s' is not "
				 "REGISTRY=HOST, such as "
				 "registry.example=tokens.example.net",
				 text);
	return oci_strings_add(&out->token_hosts, text, &err) ? say_error(&err)
							      : -1;
}

int remote_option(struct remote_options *out, const char *command, int option)
{
	struct oci_error err;
	uint64_t number;

	switch (option) {
	case 512:
		out->authfile = optarg;
		return -1;
	case 513:
		out->user = optarg;
		return -1;
	case 514:
		out->password_stdin = true;
		return -1;
	case 515:
		out->plain_http = true;
		return -1;
	case 516:
		out->insecure = true;
		return -1;
	case 517:
		out->ca_file = optarg;
		return -1;
	case 518:
		if (!parse_number(&number, optarg, 100))
			return say_usage(command,
					 "--retries '%s' is not 0 to "
					 "100",
					 optarg);
		out->retries = (unsigned)number;
		out->has_retries = true;
		return -1;
	case 519:
		if (!parse_size(&number, optarg) || !number ||
		    number > UINT32_MAX)
			return say_usage(command,
					 "--chunk-size '%s' is no "
					 "size such as 4MiB",
					 optarg);
		out->chunk_size = (size_t)number;
		return -1;
	case 520:
		return oci_strings_add(&out->mount_from, optarg, &err)
			       ? say_error(&err)
			       : -1;
	case 523:
		return add_token_host(out, command, optarg);
	case 540:
		if (!parse_size(&number, optarg) || !number)
			return say_usage(command,
					 "--max-inflated '%s' is no "
					 "size such as 40GiB",
					 optarg);
		set_max_inflated(number);
		return -1;
	default:
		return side_option(&out->src, 530, option) ||
				       side_option(&out->dest, 534, option)
			       ? -1
			       : time_option(out, command, option);
	}
}

int remote_option_last(struct remote_options *out, const char *command,
		       int option, const char *word)
{
	int status = remote_option(out, command, option);

	return status != -2 ? status
			    : say_usage(command,
					"unknown option '%s', or it lacks "
					"its value",
					word);
}
