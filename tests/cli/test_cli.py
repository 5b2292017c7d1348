import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import hcrisk
from hcrisk.cli import main
from hcrisk.cli.parser import build_parser
from hcrisk.io import read
from hcrisk.scenarios import scenarios

HEAVY = {"numba", "scipy", "xarray", "matplotlib", "pandas", "pydantic", "numpy"}
# Paths enough for intervals of every figure, and quick.
FEW = ["--paths", "1000", "--threads", "1"]


@pytest.fixture
def run(capsys):
    def run(*argv):
        code = main([str(argument) for argument in argv])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def no_simulation(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("simulated before everything was checked")

    monkeypatch.setattr(hcrisk, "simulate", refuse)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hcrisk_process(*argv, **options):
    command = [sys.executable, "-W", "error", "-m", "hcrisk", *argv]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


# Help, version and usage


@pytest.mark.parametrize("argv", [["--help"], ["quote", "--help"], ["init", "--help"], ["frob"]])
def test_help__imports_nothing_heavy(argv):
    code = (
        f"import sys; from hcrisk.cli import main; code = main({argv!r}); "
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"
    if "--help" in argv:
        assert "examples:" in done.stdout
        assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("argv", "needed"),
    [
        (["--version"], set()),
        (["decide", "--help"], set()),
        (["list"], {"numba", "scipy", "numpy", "pydantic"}),
        (["check", "small-practice"], {"numba", "scipy", "numpy", "pydantic"}),
    ],
)
def test_quick_commands__import_only_what_they_need(argv, needed):
    code = (
        f"import sys; from hcrisk.cli import main; main({argv!r}); "
        f"print(*({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stderr.splitlines()[-1].split()) <= needed


def test_version(run):
    assert run("--version") == (0, f"hcrisk {hcrisk.__version__}\n", "")


@pytest.mark.parametrize(
    "argv", [[], ["frob"], ["quote"], ["check"], ["quote", "mid-market", "--frob"], ["init"]]
)
def test_usage__exit_code_2(run, argv):
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert "usage: hcrisk" in err


@pytest.mark.parametrize(
    ("argv", "usage", "message"),
    [
        (["qoute", "mid-market"], "hcrisk [-h]", "there is no 'qoute'. Did you mean 'quote'"),
        (["quote", "mid-market", "--jsn"], "hcrisk quote", "--jsn. Did you mean '--json'"),
        (["story", "mid-market", "--stratgy=x"], "hcrisk story", "Did you mean '--strategy'"),
        # A prefix is no option: another option may come to begin with it.
        (["quote", "mid-market", "--path", "5"], "hcrisk quote", "Did you mean '--paths'"),
        (["calibrate", "incident", "log.csv"], "hcrisk calibrate [-h]", "mean 'incidents'?"),
        (["schema", "x"], "hcrisk schema [-h]", "unrecognized arguments: x\n"),
    ],
)
def test_usage__of_the_command_with_what_was_meant(run, argv, usage, message):
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert err.startswith(f"usage: {usage}")
    assert message in err


def every_command(parser=None, words=()):
    parser = parser or build_parser()
    yield list(words)
    for action in parser._actions:
        for name, below in (action.choices or {}).items() if action.nargs == "A..." else ():
            yield from every_command(below, (*words, name))


@pytest.mark.parametrize("words", list(every_command()), ids=" ".join)
def test_help__fits_80_columns_and_has_examples(run, words, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, err = run(*words, "--help")
    assert (code, err) == (0, "")
    assert "\nexamples:\n" in out
    assert max(map(len, out.splitlines())) <= 80


# What is refused, before anything is simulated


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["quote", "midmarket"], "there is no scenario 'midmarket'. Did you mean 'mid-market'?"),
        (["quote", "zzz"], "Choose from growing-group, large-group, mid-market,"),
        (["quote", "gone.toml"], "there is no file gone.toml; hcrisk init gone.toml writes one"),
        (["check", "gone.toml"], "there is no file gone.toml"),
        (["sources", "smallpractice"], "Did you mean 'small-practice' or 'practice-services'?"),
        (["quote", "mid-market", "--paths", "0"], "--paths must be a whole number from 1 to"),
        (["quote", "mid-market", "--paths", "many"], "got 'many'; write for example --paths 10000"),
        (["quote", "mid-market", "--seed", "-1"], "--seed must be a whole number from 0"),
        (["quote", "mid-market", "--threads", "0"], "--threads must be a whole number from 1"),
        (["quote", "mid-market", "--years", "60"], "--years must be a whole number from 1 to 50"),
        (["quote", "mid-market", "--percentiles", "80,100"], "between 0 and 100"),
        (["quote", "mid-market", "--percentiles", "80,x"], "got 'x'"),
        (["quote", "mid-market", "--percentiles", ""], "separated by commas"),
        (["quote", "mid-market", "--percentiles", "0.5,0.8"], "write 80 for the P80, not 0.8"),
        (["quote", "mid-market", "--percentiles", "80,80.0"], "leave out the repeated one"),
        (["quote", "mid-market", "--strategies", "outsorce"], "Did you mean 'outsource'"),
        (["quote", "mid-market", "--strategies", ","], "must name at least one"),
        (
            ["quote", "mid-market", "--out", "run.csv"],
            "--out must end in .nc or .zarr or .parquet, got 'run.csv'",
        ),
        (["quote", "mid-market", "--plot", "cdf"], "write for example cdf.png"),
        (["quote", "mid-market", "--out", "no/run.nc"], "no is not a folder; create it"),
        (["init", "own.toml", "--from", "midmarket"], "--from must name a scenario that comes"),
        (
            ["init", "own.txt"],
            "must end in .toml or .xlsx, got 'own.txt'; write for example own.toml",
        ),
    ],
)
def test_refused__one_message_and_no_file(run, here, argv, message):
    code, out, err = run(*argv)
    assert (code, out) == (1, "")
    assert message in err
    assert err.startswith("hcrisk: ")
    assert err.count("\n") == 1
    assert list(here.iterdir()) == []


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["quote", "mid-market", "--out", "run.nc"], "run.nc"),
        (["quote", "mid-market", "--plot", "cdf.png"], "cdf.png"),
        (["quote", "mid-market", "--out", "new.nc", "--plot", "cdf.png"], "cdf.png"),
        (["init", "own.toml"], "own.toml"),
    ],
)
def test_refused__existing_files_stay(run, here, argv, name):
    (here / name).write_text("precious")
    code, _, err = run(*argv)
    assert code == 1
    assert (
        err == f"hcrisk: {name} exists already; choose another name, or add --force to replace it\n"
    )
    assert [(path.name, path.read_text()) for path in here.iterdir()] == [(name, "precious")]


def test_refused__a_file_whose_suffix_was_left_out(run, here):
    (here / "own.toml").write_text('extends = "mid-market"\n')
    assert "Did you mean the file own.toml?" in run("check", "own")[2]
    (here / "notes.txt").write_text("")
    assert "A scenario file's name ends in .toml" in run("check", "notes.txt")[2]


# list, check, init, sources


def test_list__every_shipped_scenario_with_its_size(run):
    code, out, err = run("list")
    assert (code, err) == (0, "")
    for name in scenarios():
        assert f"\n{name} " in f"\n{out}"
    assert out.index("12 providers") < out.index("50 providers") < out.index("180 providers")
    assert max(map(len, out.splitlines())) <= 80


def test_check__all_problems_at_once(run, here):
    (here / "own.toml").write_text(
        'name = "own"\nextends = "mid-market"\n'
        "[practice]\nproviders = -5\nusres = 3\n[people]\nbenefits_load = 29\n"
    )
    code, out, err = run("check", "own.toml")
    assert (code, out) == (1, "")
    assert err.startswith("hcrisk: own.toml has 3 problems\n")
    for line in (
        "  practice.providers = -5",
        "    must be more than 0;",
        "  practice.usres = 3",
        '    is not a known key; did you mean "users"?',
        "  people.benefits_load = 29",
        "write 0.29",
    ):
        assert line in err


def test_check__quote_refuses_with_the_same_message(run, here, no_simulation):
    (here / "own.toml").write_text('extends = "mid-market"\n[practice]\nproviders = -5\n')
    assert run("quote", "own.toml") == run("check", "own.toml")


def test_check__missing_entries_have_no_value(run, here):
    (here / "own.toml").write_text('name = "own"\n')
    code, _, err = run("check", "own.toml")
    assert code == 1
    assert "  practice\n    is required; add it" in err
    assert "None" not in err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = "own\n', '  line 1: name = "own\n    is not valid TOML: Illegal character'),
        ("a = 5%\nb = $3\n", "hcrisk: own.toml has 2 problems\n\n  line 1: a = 5%\n    is no"),
        ('extends = "mid-markt"\n', 'did you mean "mid-market"?'),
        ('extends = "own.toml"\n', "must not lead back to itself"),
    ],
)
def test_check__files_that_cannot_be_read(run, here, text, message):
    (here / "own.toml").write_text(text)
    code, _, err = run("check", "own.toml")
    assert code == 1
    assert message in err
    assert "Traceback" not in err


def test_check__a_folder(run, here):
    (here / "own.toml").mkdir()
    code, _, err = run("check", "own.toml")
    assert (code, "own.toml cannot be read" in err) == (1, True)


def test_check__counts_almost_on_a_rounding_step(run, here):
    (here / "own.toml").write_text('extends = "mid-market"\n[managers]\nspan = 7\n')
    code, out, err = run("check", "own.toml")
    assert (code, err) == (0, "")
    assert "Worth a second look:\n  managers.span\n    7 FTE of insource have 1 manager" in out
    assert "Worth" not in run("check", "mid-market")[1]
    assert max(map(len, out.splitlines())) <= 80


def test_check__own_numbers_and_choices_beside_those_inherited(run, here):
    (here / "own.toml").write_text(
        'extends = "mid-market"\n[practice]\nproviders = 60\n[roles.technician]\npay = 68\n'
        '[services.help_desk]\ncurrent = "hybrid"\n[strategies.mine]\nall = "hybrid"\n'
    )
    code, out, err = run("check", "own.toml")
    assert (code, err) == (0, "")
    for line in (
        "  practice.providers = 60 providers (50)",
        "  roles.technician.pay = 68 USD per year (lognormal, median 63,960, sigma 0.1)",
        "    0.00106 times mid-market's; check the unit",
        '  services.help_desk.current = "hybrid" ("outsource")',
        '  strategies.mine.all = "hybrid" (new)',
        "  roles.technician.pay = 68: is usually 15,000 to 1,000,000 USD/year; write",
    ):
        assert f"\n{line}\n" in out
    assert max(map(len, out.splitlines())) <= 80


def test_check__lists_the_multipliers_that_rest_on_weak_evidence_when_asked(run, here):
    out = run("check", "mid-market", "--multipliers")[1]
    head = out.rpartition("\n\n")[2].splitlines()
    assert " ".join(head[:2]).startswith(
        "89 multipliers rest on weak evidence; hcrisk quote mid-market --no-effect switches"
    )
    assert "  vendors.*.switch.fee_jump (4)" in head
    assert max(map(len, out.splitlines())) <= 80
    short = run("check", "mid-market")[1]
    assert short.endswith(
        "\n\n89 multipliers rest on weak evidence; check --multipliers lists what they scale.\n"
    )
    assert max(map(len, short.splitlines())) <= 80


def test_check__says_what_own_staff_leave_uncovered_and_how_many_it_takes(run, here):
    (here / "own.toml").write_text(
        'extends = "mid-market"\n[services.security]\n'
        "coverage.planned_absence = 0.1\ncoverage.sickness = 0\n"
        "[services.security.arrangements.insource]\nseats.security_analyst = 3\n"
        "[services.security.arrangements.hybrid]\nposts = 1\nhours_per_week = 40\n"
        "seats.security_officer = 1\n"
        "on_call = { hours_per_week = 20, effectiveness = 0.8 }\n"
    )
    lines = run("check", "own.toml")[1].splitlines()
    # 3 x 36 of 168 hours; 0.99 x 168 / 36 people.
    rows = {words[0]: words[1:] for words in map(str.split, lines) if words}
    assert rows["security.insource"] == ["*", "1", "x", "168", "3", "36%", "4.62", "0%"]
    # Half an officer: a tenth of 20 hours, and 60% of the others, of which 20% stay uncovered.
    assert rows["security.hybrid"][-5:-1] == ["0.5", "35%", "none", "do"]
    assert rows["help_desk.insource"][-3] == "0%"
    assert "none do: on call, only part of the hours is covered" in " ".join(
        " ".join(lines).split()
    )
    assert "none do" not in run("check", "mid-market")[1]
    assert "help_desk.insource *" not in "\n".join(lines)
    assert max(map(len, lines)) <= 80


def test_check__says_who_manages_own_staff(run, here):
    (here / "own.toml").write_text(
        'extends = "mid-market"\nmanagers.span = 4\nmanagers.most = 1\n'
        "managers.leader_bandwidth = 0.3\nmanagers.per_vendor = 0.05\n"
    )
    rows = [line.split() for line in run("check", "own.toml")[1].splitlines()]
    # 7 FTE of four each; the leader has no vendors to look after.
    assert ["insource", "7", "1.75", "0.30", "1", "0.45"] in rows
    (here / "own.toml").write_text('extends = "mid-market"\nwithout = ["managers"]\n')
    assert "manages own staff" not in run("check", "own.toml")[1]


def test_check__sizes_that_no_longer_move_with_providers(run, here):
    (here / "own.toml").write_text('extends = "mid-market"\npractice.users = 215\n')
    out = " ".join(run("check", "own.toml")[1].split())
    assert "practice.users = 215: stays as it is when practice.providers changes, unlike" in out
    assert "to let it move write { per_provider = 4.3 }" in out
    (here / "own.toml").write_text('extends = "mid-market"\npractice.users.per_provider = 4\n')
    assert "stays as it is" not in run("check", "own.toml")[1]


def test_check__and_quote_point_at_bounds_that_cross_and_partners_without_troubles(run, here):
    (here / "own.toml").write_text(
        'extends = "mid-market"\nvendors.acme.term_months = 12\n'
        'vendors.msp.escalator_cap = { dist = "uniform", low = 0.03, high = 0.05 }\n'
    )
    for argv in (["check", "own.toml"], ["quote", "own.toml", "--paths", "100"]):
        said = " ".join("".join(run(*argv)[1:]).split())
        assert "vendors.acme: has no failure, switch or compromise risk, which every" in said
        assert "vendors.msp.escalator_floor: may lie above the cap" in said


def test_check__part_time_providers_are_not_rounded(run, here):
    (here / "own.toml").write_text('extends = "mid-market"\npractice.providers = 47.5\n')
    assert " 47.5 providers, 5 years, " in run("check", "own.toml")[1]


def test_check__says_so_when_nothing_differs(run, here):
    (here / "own.toml").write_text('extends = "mid-market"\n')
    assert "\n\nNothing differs from mid-market.\n" in run("check", "own.toml")[1]
    assert "differs" not in run("check", "small-practice")[1]


def test_check__says_what_is_left_out(run, here):
    head = 'extends = "mid-market"\nwithout = ["vendors.msp.switch", "lines.backup"]\n'
    (here / "own.toml").write_text(head)
    out = run("check", "own.toml")[1]
    assert "\n\nLeft out of what mid-market has:\n" in out
    assert "\n  lines.backup\n" in out
    assert "\n  vendors.msp.switch\n" in out
    assert "differs" not in out
    # Another price in another form is no removal.
    price = "services.help_desk.arrangements.outsource.contracts.msp.per_user"
    (here / "own.toml").write_text(f'extends = "mid-market"\n{price} = 100\n')
    assert "Left out" not in run("check", "own.toml")[1]


def test_check__a_flagged_number_is_never_among_those_left_out(run, here):
    roles = ("technician", "systems_admin", "security_analyst", "security_officer", "data_analyst")
    lines = [f"[roles.{r}]\npay = 90_000\nattrition_rate = 0.2\nramp_months = 5" for r in roles]
    lines += ["[roles.developer]", "pay = 1"]
    (here / "own.toml").write_text("\n".join(['extends = "mid-market"', *lines]))
    out = run("check", "own.toml")[1]
    assert "  roles.developer.pay = 1 USD per year" in out
    assert "  and 3 more\n" in out


@pytest.mark.parametrize("parent", scenarios())
def test_init__writes_a_file_that_is_right(run, here, parent):
    code, out, err = run("init", "--from", parent, "My Group.toml")
    assert (code, err) == (0, "")
    assert "hcrisk check My Group.toml" in out
    assert [path.name for path in here.iterdir()] == ["My Group.toml"]
    text = (here / "My Group.toml").read_text()
    assert f'extends = "{parent}"' in text
    assert 'name = "my_group"' in text
    assert run("check", "My Group.toml")[0] == 0


def test_init__force_replaces(run, here):
    (here / "own.toml").write_text("old")
    assert run("init", "own.toml", "--force")[0] == 0
    assert "extends" in (here / "own.toml").read_text()


def test_sources__fits_80_columns(run):
    code, out, err = run("sources", "mid-market", "--weakest-first")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert "roles.technician.attrition_rate" in out


def test_output__a_reader_who_has_seen_enough():
    with hcrisk_process("sources", "mid-market") as process:
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (0, "")


# quote


def test_quote__from_init_to_a_quote_without_python(run, here):
    assert run("init", "own.toml")[0] == 0
    path = here / "own.toml"
    text = path.read_text()
    for line, own in (
        ("providers = 50", "providers = 60"),
        ("# users = { per_provider = 4.3 }", "users = 280"),
        ("# years = 5", "years = 3"),
        # Correlated with the other roles' pay while it is uncertain.
        (
            '# technician.pay = { dist = "lognormal", median = 63960, sigma = 0.1 }',
            "technician.pay = 61_500",
        ),
    ):
        assert line in text
        text = text.replace(line, own, 1)
    path.write_text(text)
    code, out, err = run("check", "own.toml")
    assert (code, err) == (0, "")
    assert "own.toml: no problems. 60 providers" in out
    for own in ("practice.providers = 60", "practice.users = 280", "horizon.years = 3"):
        assert own in out
    code, out, err = run("quote", "own.toml", *FEW)
    assert (code, err) == (0, "")
    assert "60 providers, 280 users" in out
    assert "3-year horizon" in out
    assert "The decision" in out
    assert "1,000 simulated futures, seed 0" in " ".join(out.split())


@pytest.mark.parametrize("name", scenarios())
def test_quote__page(run, name):
    code, out, err = run("quote", name, *FEW)
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    for part in ("Mean  ", "P50", "P80", "P95", "TVaR 95", "Cheapest in", "Mean minus current"):
        assert f"\n{part}" in out
    assert 1 <= " ".join(out.split()).count("onfidence, ") <= 3
    # What a letter sheet with small margins holds in 8.5 points.
    assert len(out.splitlines()) <= 88


def test_quote__no_effect_says_so_and_differs(run):
    code, out, err = run("quote", "small-practice", *FEW, "--no-effect")
    assert (code, err) == (0, "")
    assert out.startswith("Small physician group, weak multipliers off ===")
    assert f"digest {hcrisk.load('small-practice').no_effect().digest[:16]}" in out


def test_quote__an_odd_number_is_pointed_at_unless_quiet(run, here):
    (here / "odd.toml").write_text('extends = "small-practice"\nroles.developer.pay = 68\n')
    code, out, err = run("quote", "odd.toml", *FEW)
    assert code == 0
    assert err.startswith("Worth a second look:\n  roles.developer.pay = 68: ")
    assert run("quote", "odd.toml", *FEW, "--quiet") == (0, out, "")


def test_quote__same_seed_same_page(run):
    first = run("quote", "small-practice", *FEW, "--seed", "5")
    assert run("quote", "small-practice", *FEW, "--seed", "5") == first
    assert run("quote", "small-practice", *FEW, "--seed", "6") != first


def test_quote__json(run):
    options = ("--percentiles", "90,99.9", "--strategies", "hybrid,outsource", "--years", "2")
    code, out, err = run("quote", "small-practice", *FEW, *options, "--json")
    assert (code, err) == (0, "")
    content = json.loads(out, parse_constant=pytest.fail)
    assert list(content) == ["manifest", "strategies", "components", "assumptions"]
    assert list(content["strategies"]) == ["hybrid", "outsource", "current"]
    assert list(content["strategies"]["hybrid"])[:5] == [
        *("mean", "p90", "p99.9", "tvar95", "probability_cheapest")
    ]
    # A thousand paths do not bound the P99.9 from above.
    assert content["strategies"]["hybrid"]["p99.9"]["upper"] is None
    assert content["manifest"]["years"] == 2
    chances = [entry["probability_cheapest"] for entry in content["strategies"].values()]
    assert sum(chances) == pytest.approx(1)


def test_quote__writes_what_it_simulated(run, here):
    options = ("--out", "run.nc", "--plot", "cdf.png")
    code, out, err = run("quote", "small-practice", *FEW, *options)
    assert (code, err) == (0, "wrote run.nc and cdf.png\n")
    assert sorted(path.name for path in here.iterdir()) == ["cdf.png", "run.nc"]
    assert (here / "cdf.png").read_bytes().startswith(b"\x89PNG")
    saved = read("run.nc")
    expected = hcrisk.simulate(hcrisk.load("small-practice"), paths=1000)
    np.testing.assert_array_equal(saved["npv"].values, expected["npv"].values)
    assert saved.attrs["scenario_digest"] == expected.attrs["scenario_digest"]
    assert run("quote", "small-practice", *FEW, *options)[0] == 1
    assert run("quote", "small-practice", *FEW, *options, "--force", "--quiet") == (0, out, "")


def test_quote__nothing_is_left_when_it_fails(run, here, monkeypatch):
    def fail(*args, **kwargs):
        raise hcrisk.HcriskError("too many paths")

    monkeypatch.setattr(hcrisk, "simulate", fail)
    (here / "run.nc").write_text("old")
    code, out, err = run("quote", "mid-market", "--out", "run.nc", "--plot", "a.pdf", "--force")
    assert (code, out, err) == (1, "", "hcrisk: too many paths\n")
    assert [(path.name, path.read_text()) for path in here.iterdir()] == [("run.nc", "old")]


def test_quote__more_paths_than_memory(run, here):
    code, out, err = run("quote", "small-practice", "--paths", "1000000000000", "--out", "run.nc")
    assert (code, out) == (1, "")
    assert err.startswith("hcrisk: --paths 1,000,000,000,000 needs about ")
    assert "or fewer" in err
    assert "detail" not in err
    assert list(here.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_quote__stopped(here, sent, code):
    process = hcrisk_process(
        "quote", "small-practice", "--paths", "2000000", "--strategies", "current",
        "--out", "run.nc",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not list(here.glob(".run-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(sent)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (code, "")
    assert err.endswith("hcrisk: stopped; nothing was written\n")
    assert list(here.iterdir()) == []


def test_errors__that_the_system_reports(run, here, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device", "run.nc")

    monkeypatch.setattr(hcrisk, "simulate", fail)
    assert run("quote", "mid-market") == (1, "", "hcrisk: run.nc: No space left on device\n")


def test_warnings__are_said_without_the_code_they_come_from():
    argv = ["drivers", "small-practice", "--paths", "40", "--count", "1", "--strategy", "outsource"]
    done = subprocess.run([sys.executable, "-m", "hcrisk", *argv], capture_output=True, text=True)
    assert done.returncode == 0
    said = done.stderr.splitlines()
    assert said
    assert all(line.startswith("hcrisk: note: ") for line in said)


# JSON


def strictly(text):
    return json.loads(text, parse_constant=pytest.fail)


def test_list__json(run):
    code, out, err = run("list", "--json")
    assert (code, err) == (0, "")
    told = {one["name"]: one for one in strictly(out)["scenarios"]}
    assert sorted(told) == sorted(scenarios())
    mid_market = hcrisk.load("mid-market")
    assert told["mid-market"]["providers"] == 50
    assert told["mid-market"]["strategies"] == list(mid_market.strategies)
    assert told["mid-market"]["scenario_digest"] == mid_market.digest


def test_check__json_of_a_right_file(run, here):
    (here / "own.toml").write_text(
        'name = "own"\nextends = "mid-market"\n[practice]\nproviders = 60\n'
        "[people]\nbenefits_load = 2.9\n"
    )
    code, out, err = run("check", "own.toml", "--json")
    assert (code, err) == (0, "")
    told = strictly(out)
    assert told["problems"] == []
    assert [one["path"] for one in told["own_numbers"]] == [
        "practice.providers",
        "people.benefits_load",
    ]
    assert "people.benefits_load" in {one["path"] for one in told["remarks"]}
    assert told["management"][0]["strategy"] == "insource"
    assert told["rosters"][0]["service"] == "help_desk"


def test_check__json_of_a_wrong_file_is_on_standard_output_too(run, here):
    (here / "own.toml").write_text('name = "own"\nextends = "mid-market"\npractice.providers = -5')
    code, out, err = run("check", "own.toml", "--json")
    assert code == 1
    assert err.startswith("hcrisk: own.toml has 1 problem\n")
    problem = {
        "path": "practice.providers",
        "value": -5,
        "rule": "must be more than 0",
        "remedy": "write a positive number",
    }
    told = strictly(out)
    assert told.pop("manifest")["command"] == "check"
    assert told == {"file": "own.toml", "problems": [problem]}


def test_sources__json_has_the_numbers_of_the_table_with_their_sources(run):
    code, out, err = run("sources", "small-practice", "--weakest-first", "--json")
    assert (code, err) == (0, "")
    told = strictly(out)
    assert told["numbers"][0]["confidence"] == "low"
    assert f"{len(told['numbers'])} numbers and laws" in run("sources", "small-practice")[1]
    cited = {one["source"] for one in told["numbers"]} - {None}
    assert cited == set(told["sources"])
    assert all(one["title"] and one["confidence"] for one in told["sources"].values())


# schema


def test_schema__describes_the_file_that_init_writes(run, here):
    code, out, err = run("schema")
    assert (code, err) == (0, "")
    assert run("init", "mine.toml")[0] == 0
    jsonschema.validate(tomllib.loads(Path("mine.toml").read_text()), json.loads(out))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"extends": "mid-market", "practise": {}}, json.loads(out))


# One of a thing

PLURAL = re.compile(
    r"(?<![\d.,\-/] )(?<![\d.,\-/])\b1 (?:uncertain )?"
    r"(?:months|years|days|weeks|hours|posts|seats|people|users|providers|sites|services|vendors|"
    r"roles|risks|inputs|strategies|paths|futures|managers|records|rows|problems|numbers)\b"
    # A dotted path is no word.
    r"(?!\.\S|\. ?[a-z*])"
)


def test_one_of_a_thing_is_not_told_as_several(run, here):
    (here / "one.toml").write_text(
        'name = "one"\nextends = "small-practice"\nhorizon.years = 1\npractice.providers = 1\n'
        "practice.sites = 1\nvendors.msp.notice_months = 1\nvendors.msp.term_months = 1\n"
        "growth.planned.partner = { months = 1, size = 1 }\n"
        "services.help_desk.peaks.season = { months = 1, start_months = 1, multiple = 1.5 }\n"
    )
    said = []
    for argv in (
        ["check", "one.toml"],
        ["sources", "one.toml", "--all"],
        ["quote", "one.toml", "--paths", "1000"],
        ["story", "one.toml", "--path", "1"],
        ["report", "one.toml", "--paths", "1000", "--html", "one.html"],
    ):
        code, out, err = run(*argv)
        assert code == 0, err
        said += [out, err]
    said.append(re.sub(r"<[^>]+>", " ", (here / "one.html").read_text(encoding="utf-8")))
    said.append(repr(hcrisk.load("one.toml")))
    found = [match[0] for text in said for match in PLURAL.finditer(" ".join(text.split()))]
    assert found == []
    assert PLURAL.search("needs 1 months")
