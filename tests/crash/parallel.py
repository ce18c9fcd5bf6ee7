#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Twenty processes at once, some of which are killed.

    parallel.py                   a sample of rounds
    parallel.py --full            200 rounds
    parallel.py --rounds N [--seed N]

Each round starts them on a layout that the rounds before have filled: builds,
copies and index appends with a tag of their own each, others that all set one
tag, builds of one archive, `lock` of one lock file, and `cache prune`. Some are
killed at a random moment. After each round:

- a process that was not killed has status 0, and its tag names its image;
- tags of earlier rounds are unchanged;
- the tag of a killed process names its image, or what it named before;
- the shared tag and the archive have the image of one of their processes; if
  none was killed, of one that exited;
- the layout and the archive verify;
- after one more build, there is no temporary file.
"""
import concurrent.futures
import json
import random
import subprocess
import sys

from scenes import LIMIT, PACK, Stage, names, write_spec

PROCESSES = 20
ARCHIVE = "out.tar"
ROUNDS = {"sample": 4, "full": 200}
KEPT = 60           # tags in a layout, before the next rounds begin another
KILLED = 0.4        # of the processes
DELAY = 0.1         # seconds: the longest until a kill


class Job:
    """A process, and the tag that it gives. shared: others give it, too."""

    def __init__(self, line, tag=None, shared=False):
        self.line = line
        self.tag = tag
        self.shared = shared
        self.killed = False
        self.said = ""
        self.delay = LIMIT


class Rounds:
    def __init__(self, stage, seed):
        self.stage = stage
        self.chance = random.Random(seed)
        self.number = 0
        self.kills = self.processes = self.litter = 0
        self.begin()

    def begin(self):
        self.folder = self.stage.folder()
        self.images = {}        # by tag: what the layout has to have
        self.stage.must(self.folder,
                        "index create -q -o oci:out:first a.tar")
        self.images["first"] = self.tags()["first"]

    def tags(self):
        """The digests in index.json, by their tags."""
        with open(self.folder / "out/index.json", encoding="utf-8") as file:
            return {m["annotations"]["org.opencontainers.image.ref.name"]:
                    m["digest"] for m in json.load(file)["manifests"]}

    def jobs(self):
        jobs = []
        kinds = ["build"] * 5 + ["copy"] * 3 + ["append"] * 2 + \
            ["shared"] * 4 + ["archive"] * 3 + ["prune"] * 2 + ["lock"]
        for i, kind in enumerate(kinds):
            tag = f"r{self.number}-{i}"
            spec = f"{tag}.spec"
            if kind in ("build", "shared"):
                own = tag if kind == "build" else "shared"
                write_spec(self.folder, spec, own, tag)
                jobs.append(Job(f"{PACK} {spec} -o out", own,
                                kind == "shared"))
            elif kind == "archive":
                write_spec(self.folder, spec, tag, tag)
                jobs.append(Job(f"{PACK} {spec} -o out.tar", ARCHIVE, True))
            elif kind == "copy":
                jobs.append(Job(f"copy a.tar oci:out:{tag}", tag))
            elif kind == "append":
                self.stage.must(self.folder,
                                f"index create -q -o oci:out:{tag} a.tar")
                self.images[tag] = self.tags()[tag]
                jobs.append(Job(f"index append oci:out:{tag} arm64.tar", tag))
            elif kind == "prune":
                jobs.append(Job("cache prune"))
            elif self.stage.registry:
                jobs.append(Job("lock base.spec"))
        self.chance.shuffle(jobs)
        return jobs

    def run_job(self, job):
        """Runs one process, and kills it after job.delay seconds."""
        process = self.stage.start(self.folder, job.line)
        try:
            said = process.communicate(timeout=job.delay)
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate(timeout=LIMIT)
        job.said = said[0].strip()
        job.killed = process.returncode == -9 and job.delay < LIMIT
        if process.returncode != 0 and not job.killed:
            raise AssertionError(f"'{job.line}' ended with "
                                 f"{process.returncode}: {said[1]}")

    def start(self, jobs):
        for job in jobs:
            kill = self.chance.random() < KILLED
            job.delay = self.chance.uniform(0, DELAY) if kill else LIMIT
        with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
            for _ in pool.map(self.run_job, jobs):
                pass
        self.processes += len(jobs)
        self.kills += sum(job.killed for job in jobs)

    def check_own(self, job, found):
        """The tag that one process alone gives."""
        image, earlier = found.get(job.tag), self.images.get(job.tag)
        if job.killed and image == earlier:
            return
        if image is None or image == earlier:
            raise AssertionError(f"'{job.line}' ended, its tag has {image}")
        if not job.killed and "build" in job.line and \
                job.said != image:
            raise AssertionError(f"'{job.line}' printed {job.said}")
        self.images[job.tag] = image

    def check_shared(self, tag, jobs, found):
        """A tag that several give. What a killed process would have given is
        not known, so it is compared only if none was killed."""
        jobs = [job for job in jobs if job.tag == tag]
        done = [job.said for job in jobs if not job.killed]
        image, earlier = found.get(tag), self.images.get(tag)
        if done and image in (None, earlier) or \
                len(done) == len(jobs) and image not in done:
            raise AssertionError(f"{tag} has {image}")
        if image is not None:
            self.images[tag] = image

    def check(self, jobs):
        left = [n for n in names(self.folder) if n.endswith(".tmp")]
        self.litter += len(left)
        found = self.tags()
        if (self.folder / ARCHIVE).exists():
            image = self.stage.image(self.folder, ARCHIVE)
            found[ARCHIVE] = f"sha256:{image}"
        for job in jobs:
            if job.tag and not job.shared:
                self.check_own(job, found)
        self.check_shared("shared", jobs, found)
        self.check_shared(ARCHIVE, jobs, found)
        odd = {tag for tag in self.images.keys() | found.keys()
               if self.images.get(tag) != found.get(tag)}
        if odd:
            raise AssertionError(f"these tags were lost or changed: {odd}")
        self.stage.must(self.folder, "verify -q out")
        if (self.folder / "base.spec.lock").exists():
            with open(self.folder / "base.spec.lock", encoding="ascii") as file:
                json.load(file)

    def check_left(self):
        """The next runs remove what the killed ones left."""
        self.stage.must(self.folder, f"{PACK} a.spec -o out")
        self.images["one"] = self.tags()["one"]
        self.images[ARCHIVE] = self.stage.must(
            self.folder, f"{PACK} a.spec -o {ARCHIVE}").strip()
        if self.stage.registry:
            self.stage.must(self.folder, "lock base.spec")
        left = [n for n in names(self.folder) if n.endswith(".tmp")]
        if left:
            raise AssertionError(f"these are left: {left}")

    def run(self):
        self.number += 1
        if len(self.images) > KEPT:
            subprocess.run(["rm", "-rf", self.folder], check=True)
            self.begin()
        jobs = self.jobs()
        self.start(jobs)
        self.check(jobs)
        self.check_left()


def option(arguments, name, otherwise):
    return int(arguments[arguments.index(name) + 1]) \
        if name in arguments else otherwise


def main(arguments):
    kind = "full" if "--full" in arguments else "sample"
    count = option(arguments, "--rounds", ROUNDS[kind])
    stage = Stage(200000)
    rounds = Rounds(stage, option(arguments, "--seed", 1))
    wrong = None
    try:
        while not wrong and rounds.number < count:
            rounds.run()
    except AssertionError as error:
        wrong = error
    finally:
        stage.close()
    print("not ok" if wrong else "ok",
          f"{rounds.processes} processes in {rounds.number} rounds, "
          f"{rounds.kills} killed; {rounds.litter} temporary files left, "
          "0 after the next run")
    if wrong:
        print(f"# round {rounds.number}: {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
