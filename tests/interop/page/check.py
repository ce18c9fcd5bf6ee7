#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py CHECK PAGE...: what Chromium makes of a page of `oci-pack report`.

shown     at widths from 360 to 1920 pixels, light and dark, nothing is wider
          than the window, no script fails, nothing is fetched
barriers  axe-core (AXE is its file) finds no barrier, light and dark
keyboard  the treemap can be used with the keyboard alone
harmless  nothing of the image runs as a script
pictures  writes PAGE-WIDTH-SCHEME.png, to look at

Prints a line for each thing that is wrong. Exit status: 0 none, 1 some."""

import json
import os
import sys

from browser import Browser, Failed

WIDTHS = (360, 800, 1280, 1920)
SCHEMES = ("light", "dark")
# Violations of WCAG 2.2 A and AA, and what axe calls best practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
        "best-practice"]

wrong = []


def say(*words):
    wrong.append(" ".join(str(word) for word in words))


def expect(what, wanted, got):
    if wanted != got:
        say(f"{what}: wanted {wanted!r}, got {got!r}")


def trouble(browser, path):
    """Events that should not have come, as texts."""
    url = "file://" + os.path.abspath(path)
    found = []
    for event in browser.events:
        name, params = event["method"], event["params"]
        if name in ("Runtime.exceptionThrown", "Log.entryAdded",
                    "Audits.issueAdded", "Runtime.consoleAPICalled",
                    "Page.javascriptDialogOpening"):
            found.append(f"{name} {json.dumps(params)[:300]}")
        elif name == "Network.requestWillBeSent":
            if params["request"]["url"] != url:
                found.append(f"fetched {params['request']['url']}")
    return found


def each_look(browser, path, widths=WIDTHS):
    for width in widths:
        for scheme in SCHEMES:
            browser.show(width, scheme=scheme)
            browser.open(path)
            yield f"{os.path.basename(path)} {width} {scheme}", width, scheme


def check_shown(browser, path):
    for look, width, _ in each_look(browser, path):
        browser.run("document.querySelectorAll('details').forEach("
                    "(d) => { d.open = true; })")
        browser.settle()
        scroll = browser.run("document.documentElement.scrollWidth")
        if scroll > width:
            say(f"{look}: {scroll} pixels wide")
        if not browser.run("document.querySelector('h1').textContent"):
            say(f"{look}: no heading")
        for text in trouble(browser, path):
            say(f"{look}: {text}")


def check_barriers(browser, path):
    with open(os.environ["AXE"], encoding="utf-8") as file:
        axe = file.read()
    for look, _, _ in each_look(browser, path, (360, 1280)):
        browser.run("document.querySelectorAll('details').forEach("
                    "(d) => { d.open = true; })")
        browser.run(axe + "; undefined")
        result = browser.run(
            "axe.run(document, {runOnly: %s}).then((r) => [r.passes.length,"
            " r.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map("
            "(n) => n.html.slice(0, 160) + ' ' + n.any.map((a) => a.message)"
            ").join(' | '))])" % json.dumps(TAGS))
        if result[0] < 10:
            say(f"{look}: axe ran {result[0]} rules")
        for violation in result[1]:
            say(f"{look}: {violation}")


FOCUS = "document.activeElement"
LABEL = FOCUS + ".querySelector('.unseen').textContent"
CRUMBS = ("Array.from(document.querySelectorAll('.crumbs li'),"
          " (e) => e.textContent)")


def check_keyboard(browser, path):
    """The page is of an image with several layers."""
    browser.show(1280)
    browser.open(path)
    for _ in range(60):
        browser.press("Tab", number=9)
        if browser.run(FOCUS + ".classList.contains('cell')"):
            break
    else:
        say("Tab does not lead to the treemap")
        return
    expect("outline", True, browser.run(
        f"parseFloat(getComputedStyle({FOCUS}).outlineWidth) >= 2"))
    first = browser.run(LABEL)
    browser.press("ArrowRight", number=39)
    if browser.run(LABEL) == first:
        browser.press("ArrowDown", number=40)
    second = browser.run(LABEL)
    if second == first:
        say("the arrow keys do not move")
    browser.press("Home", number=36)
    expect("Home", first, browser.run(LABEL))
    browser.press("Enter", number=13, text="\r")
    if len(browser.run(CRUMBS)) < 2:
        say("Enter does not open a folder")
    expect("focus inside", True,
           browser.run(FOCUS + ".classList.contains('cell')"))
    browser.press("Backspace", number=8)
    expect("Backspace", 1, len(browser.run(CRUMBS)))
    expect("focus after Backspace", first,
           browser.run(LABEL))
    # The Tab key leaves the treemap at once: one stop for all rectangles.
    browser.press("Tab", number=9)
    expect("Tab", False, browser.run(FOCUS + ".classList.contains('cell')"))
    check_mouse(browser)
    for text in trouble(browser, path):
        say(text)


def check_mouse(browser):
    browser.click(".cell.folder")
    if len(browser.run(CRUMBS)) < 2:
        say("a click does not open a folder")
    browser.click(".crumbs button")
    expect("a crumb", 1, len(browser.run(CRUMBS)))
    rows = "document.querySelectorAll('#files tbody tr').length"
    before = browser.run(rows)
    browser.click("#files .more")
    if browser.run(rows) <= before:
        say("'Show more' shows nothing more")
    browser.click(".copy")
    expect("the button of a digest", True, browser.run(
        "['Copied', 'Selected'].includes("
        "document.querySelector('.copy').textContent)"))
    browser.click(".map-table summary")
    browser.click(".map-table .link")
    expect("a folder of the table", 2, len(browser.run(CRUMBS)))


def check_harmless(browser, path):
    browser.show(1280)
    browser.open(path)
    browser.run("document.querySelectorAll('details').forEach("
                "(d) => { d.open = true; })")
    browser.run("document.querySelectorAll('.cell, .more').forEach("
                "(b) => b.click())")
    browser.settle()
    expect("window.broken", "undefined", browser.run("typeof window.broken"))
    expect("elements", [0, 2, 1], browser.run(
        "['img, iframe, object, embed, form, base', 'script', 'style'].map("
        "(s) => document.querySelectorAll(s).length)"))
    expect("attributes", 0, browser.run(
        "Array.from(document.querySelectorAll('*')).filter((e) =>"
        " Array.from(e.attributes).some((a) => /^on/.test(a.name) ||"
        " (a.name === 'href' && !/^#[a-z]+$/.test(a.value)))).length"))
    for text in trouble(browser, path):
        say(text)


def check_pictures(browser, path):
    for _, width, scheme in each_look(browser, path):
        browser.screenshot(f"{path}-{width}-{scheme}.png")


def main():
    check = globals()["check_" + sys.argv[1]]
    try:
        with Browser() as browser:
            for path in sys.argv[2:]:
                check(browser, path)
    except Failed as error:
        say(error)
    for line in wrong:
        print(line)
    return 1 if wrong else 0


sys.exit(main())
