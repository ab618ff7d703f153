"""The public face against the contract: names, signatures, tuples, enums, errors, warnings."""

import copy
import functools
import importlib
import inspect
import json
import pickle
import re
import sys
import warnings

import pytest
from conftest import ROOT, run_python

import sysvitals
from sysvitals import _enums, _ntuples

CONTRACT = ROOT / "crates" / "sysvitals" / "tests" / "contract" / "api.json"
API = json.loads(CONTRACT.read_text())
OS = "Linux"

LINUX_FUNCTIONS = {name for name, fn in API["functions"].items() if OS in fn["platforms"]}
LINUX_TUPLES = {name for name, fields in API["namedtuples"].items() if fields.get(OS)}
#: Our own names beyond psutil's.
EXTRAS = {
    "Snapshot", "__sysvitals_version__", "disk_usage_timeout", "install_as_psutil", "snapshot",
}  # fmt: skip

LINUX_METHODS = {
    name: method for name, method in API["process_methods"].items() if OS in method["platforms"]
}


def plain(signature):
    """The text of a signature without its annotations."""
    empty = inspect.Parameter.empty
    parameters = [p.replace(annotation=empty) for p in signature.parameters.values()]
    return str(inspect.Signature(parameters))


# --- names


def test_all():
    assert set(sysvitals.__all__) == set(API["all"][OS]) | EXTRAS


def test_all_has_no_duplicates():
    assert len(sysvitals.__all__) == len(set(sysvitals.__all__))


@pytest.mark.parametrize("name", sorted(sysvitals.__all__))
def test_every_listed_name_exists(name):
    assert hasattr(sysvitals, name)
    assert name in dir(sysvitals)


def test_star_import():
    names = {}
    exec("from sysvitals import *", names)
    assert set(sysvitals.__all__) <= set(names)


def test_names_of_other_platforms_are_absent():
    everywhere = {name for names in API["all"].values() for name in names}
    for name in sorted(everywhere - set(API["all"][OS])):
        assert not hasattr(sysvitals, name), name
    for name, method in API["process_methods"].items():
        if OS not in method["platforms"]:
            assert not hasattr(sysvitals.Process, name), name


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="module 'sysvitals' has no attribute 'nope'"):
        sysvitals.nope
    with pytest.raises(AttributeError, match="nope"):
        _ntuples.nope


def test_reload_rebuilds_the_same_names():
    out = run_python(
        "import importlib, sysvitals\n"
        "before = list(sysvitals.__all__)\n"
        "sysvitals.Popen, sysvitals.NegSignal, sysvitals.STATUS_ZOMBIE\n"
        "again = importlib.reload(sysvitals)\n"
        "assert again is sysvitals\n"
        "assert again.__all__ == before\n"
        "assert all(hasattr(again, name) for name in before)\n"
        "assert issubclass(again.Popen, again.Process)\n"
        "assert again.Process().status() is again.STATUS_RUNNING\n"
        "with again.Popen(['true']) as p: assert p.wait() == 0\n"
        "try: again.Process(2**31)\n"
        "except again.NoSuchProcess: print('ok')\n"
    )
    assert out == "ok\n"


# --- constants


@pytest.mark.parametrize("name", sorted(set(API["constants"]) - {"__author__"}))
def test_constants(name):
    value = API["constants"][name]["value"]
    value = value[OS] if isinstance(value, dict) else value
    actual = getattr(sysvitals, name)
    assert actual == (tuple(value) if isinstance(value, list) else value)
    if API["constants"][name]["type"] == "bool":
        assert isinstance(actual, bool)


def test_own_version():
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", sysvitals.__sysvitals_version__)


def test_af_link_is_an_enum_member():
    link = sysvitals.AF_LINK
    assert type(link).__name__ == "AddressFamily"
    assert link.name == "AF_LINK"
    assert link == API["enums_internal"]["AddressFamily"][OS]["members"]["AF_LINK"]


def test_debug_switch(capfd):
    assert plain(inspect.signature(sysvitals._set_debug)) == "(value)"
    sysvitals._set_debug(True)
    try:
        sysvitals._debug("a line")
    finally:
        sysvitals._set_debug(False)
    sysvitals._debug("no line")
    assert re.fullmatch(
        r"psutil-debug \[.*test_contract\.py:\d+\]> a line\n", capfd.readouterr().err
    )


# --- enums

LINUX_ENUMS = sorted(name for name, enum in API["enums"].items() if OS in enum["members"])


@pytest.mark.parametrize("name", LINUX_ENUMS)
def test_enums(name):
    import enum

    contract = API["enums"][name]
    cls = getattr(sysvitals, name)
    assert cls.__name__ == name
    assert cls.__module__ == contract["module"].replace("psutil", "sysvitals")
    assert {member.name: member.value for member in cls} == contract["members"][OS]
    if contract["base"] == "StrEnum":
        assert issubclass(cls, str)
        assert issubclass(cls, getattr(enum, "StrEnum", str))
    else:
        assert issubclass(cls, enum.IntEnum)
    for member in cls:
        assert getattr(sysvitals, member.name) is member
        assert member == member.value
        assert hash(member) == hash(member.value)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            assert pickle.loads(pickle.dumps(member, protocol)) is member
        assert copy.deepcopy(member) is member
        assert json.loads(json.dumps(member)) == member.value
        if contract["base"] == "StrEnum":
            assert str(member) == format(member) == member.value
            assert f"{member:>20}" == f"{member.value:>20}"
        elif sys.version_info >= (3, 11):
            assert str(member) == str(member.value)


def test_enum_classes_are_all_listed():
    ours = {name for name in vars(_enums) if name[0].isupper()} - {"AddressFamily"}
    assert ours == set(LINUX_ENUMS)


@pytest.mark.parametrize("name", sorted(API["enum_constants"][OS]))
def test_enum_constants(name):
    contract = API["enum_constants"][OS][name]
    member = getattr(sysvitals, name)
    assert type(member).__name__ == contract["enum"]
    assert member == contract["value"]


def test_rlimits_are_in_alphabetical_order():
    names = [member.name for member in sysvitals.ProcessRlimit]
    assert names == sorted(names)


# --- named tuples


@pytest.mark.parametrize("name", sorted(LINUX_TUPLES))
def test_tuples(name):
    contract = API["namedtuples"][name][OS]
    meta = API["namedtuples_meta"][name]
    fields = tuple(field["name"] for field in contract)
    cls = getattr(_ntuples, name)
    of_linux = meta["__name__"]
    assert cls.__name__ == (of_linux[OS] if isinstance(of_linux, dict) else of_linux)
    assert cls.__module__ == meta["__module__"].replace("psutil", "sysvitals")
    assert cls._fields == fields
    assert cls._field_defaults == meta["defaults"]
    types = {k: v if isinstance(v, str) else v.__name__ for k, v in cls.__annotations__.items()}
    assert types == {field["name"]: field["type"] for field in contract}
    assert issubclass(cls, tuple)
    values = tuple(range(len(fields)))
    made = cls(*values)
    assert made == values
    assert hash(made) == hash(values)
    assert cls._make(values) == made
    assert cls(**dict(zip(fields, values))) == made
    assert made._asdict() == dict(zip(fields, values))
    assert made._replace(**{fields[0]: 99})[0] == 99
    assert json.loads(json.dumps(made)) == list(values)
    assert repr(made).startswith(f"{name}({fields[0]}=0")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(made, protocol))
        assert again == made
        assert type(again) is cls
    assert type(copy.deepcopy(made)) is cls
    assert not hasattr(made, "__dict__")


def test_tuples_of_the_kernel_are_of_these_classes():
    proc = sysvitals.Process()
    types = {
        "pmem": proc.memory_info(), "pmem_ex": proc.memory_info_ex(), "puids": proc.uids(),
        "pgids": proc.gids(), "pcputimes": proc.cpu_times(), "pctxsw": proc.num_ctx_switches(),
        "pio": proc.io_counters(), "pionice": proc.ionice(), "ppagefaults": proc.page_faults(),
        "pfootprint": proc.memory_footprint(), "pthread": proc.threads()[0],
        "pmmap_grouped": proc.memory_maps()[0], "pmmap_ext": proc.memory_maps(grouped=False)[0],
        "pheap": sysvitals.heap_info(),
    }  # fmt: skip
    python = {"int": int, "float": float, "str": str}
    for name, value in types.items():
        assert type(value) is getattr(_ntuples, name)
        for field in API["namedtuples"][name][OS]:
            if field["type"] in python:
                assert type(getattr(value, field["name"])) is python[field["type"]], field
        again = pickle.loads(pickle.dumps(value))
        assert again == value and type(again) is type(value)
        json.dumps(value)


# --- functions and methods


@pytest.mark.parametrize("name", sorted(LINUX_FUNCTIONS))
def test_functions(name):
    contract = API["functions"][name]
    function = getattr(sysvitals, name)
    assert plain(inspect.signature(function)) == contract["signature"]
    assert str(inspect.signature(function)) == contract["signature_annotated"]
    assert function.__name__ == name
    assert function.__doc__
    for attached in contract.get("attached", {}):
        assert callable(getattr(function, attached))
        assert getattr(function, attached).__doc__
        assert getattr(function, attached)() is None
        if contract["attached"][attached].startswith("functools.partial"):
            assert isinstance(getattr(function, attached), functools.partial)
            assert str(inspect.signature(getattr(function, attached))) == "()"
            assert type(getattr(function, attached).__doc__) is str


@pytest.mark.parametrize("name", sorted(LINUX_METHODS))
def test_methods(name):
    contract = LINUX_METHODS[name]
    method = getattr(sysvitals.Process, name)
    assert plain(inspect.signature(method)) == contract["signature"]
    assert str(inspect.signature(method)) == contract["signature_annotated"]
    assert method.__name__ == name
    assert method.__qualname__ == f"Process.{name}"
    assert method.__doc__


def test_process_class():
    contract = API["process_class"]
    cls = sysvitals.Process
    assert plain(inspect.signature(cls)) == contract["signature"]
    assert str(inspect.signature(cls)) == contract["signature_annotated"]
    assert str(inspect.signature(cls.__init__)) == contract["signature_annotated"].replace(
        "(", "(self, ", 1
    )
    assert cls.__bases__ == (object,)
    assert cls.__module__ == "sysvitals"
    public = {name for name in dir(cls) if not name.startswith("_")}
    assert public == set(LINUX_METHODS) | {"pid", "info", "attrs"}


def test_process_dunder():
    proc, same = sysvitals.Process(), sysvitals.Process()
    parent = proc.parent()
    assert proc.__eq__(1) is NotImplemented
    assert proc == same and not proc != same
    assert proc != parent and not proc == parent
    assert proc != 1 and proc != proc.pid
    assert hash(proc) == hash(proc.pid) == hash(same)
    assert len({proc, same}) == 1
    assert str(proc) == repr(proc)
    for compare in ("__lt__", "__le__", "__gt__", "__ge__"):
        assert getattr(proc, compare)(same) is NotImplemented
    with pytest.raises(TypeError):
        proc < same  # noqa: B015
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError):
            pickle.dumps(proc, protocol)


def test_popen_class():
    contract = API["popen"]
    cls = sysvitals.Popen
    assert plain(inspect.signature(cls)) == contract["signature"]
    assert cls.__bases__ == (sysvitals.Process,)
    assert cls.__module__ == "sysvitals"
    assert set(contract["own_members"]) <= set(vars(cls))
    import subprocess

    assert not issubclass(cls, subprocess.Popen)


def test_process_attrs():
    assert type(sysvitals.Process.attrs) is frozenset
    assert sorted(sysvitals.Process.attrs) == API["process_attrs"][OS]
    assert sysvitals.Process().attrs is sysvitals.Process.attrs
    in_attrs = {name for name, method in LINUX_METHODS.items() if OS in method["in_attrs"]}
    assert sysvitals.Process.attrs == in_attrs | {"pid"}


def test_prefetchable_getters():
    proc = sysvitals.Process()
    token = object()
    proc._prefetch = dict.fromkeys(LINUX_METHODS, token)
    for name, method in LINUX_METHODS.items():
        if method["prefetchable"]:
            assert getattr(proc, name)() is token, name
    assert proc.is_running() is True
    assert isinstance(proc.children(), list)
    assert proc.rlimit(sysvitals.RLIMIT_NOFILE) is not token
    with pytest.warns(DeprecationWarning):
        # Through net_connections(kind), which has an argument.
        assert proc.connections() is not token


# --- exceptions

EXCEPTIONS = {name: exc for name, exc in API["exceptions"].items() if not name.startswith("_")}


@pytest.mark.parametrize("name", sorted(EXCEPTIONS))
def test_exception_classes(name):
    contract = EXCEPTIONS[name]
    cls = getattr(sysvitals, name)
    assert cls.__name__ == name
    assert cls.__module__ == "sysvitals"
    base = contract["base"]
    assert cls.__bases__ == (Exception if base == "Exception" else getattr(sysvitals, base),)
    if not contract["init"].startswith("inherited"):
        assert plain(inspect.signature(cls.__init__)) == "(self, " + contract["init"][1:]


def text_by_the_rules(exc, names):
    info = {name: getattr(exc, name, None) for name in names}
    return ", ".join(f"{k}={v!r}" for k, v in info.items() if v or (k == "pid" and v == 0))


def instances():
    new = sysvitals
    for pid in (0, 1, 321, None):
        for name in (None, "", "na me", "it's"):
            for msg in (None, "", "own text"):
                if pid is not None:
                    yield new.NoSuchProcess(pid, name=name, msg=msg)
                    yield new.ZombieProcess(pid, name, 0, msg)
                    yield new.ZombieProcess(pid, name=name, ppid=7, msg=msg)
                yield new.AccessDenied(pid, name, msg)
            for seconds in (0, 3, 0.5):
                yield new.TimeoutExpired(seconds, pid=pid, name=name)
    yield new.AccessDenied()
    yield new.TimeoutExpired(2)


def test_exception_instances():
    rules = API["exceptions"]["_rules"]
    for exc in instances():
        cls = type(exc)
        contract = EXCEPTIONS[cls.__name__]
        info = text_by_the_rules(exc, rules["info_order_str"])
        expected = " ".join(part for part in (exc.msg, info and f"({info})") if part)
        assert str(exc) == expected
        shown = text_by_the_rules(exc, rules["info_order_repr"])
        assert repr(exc) == f"sysvitals.{cls.__name__}({shown})"
        assert exc.args == ()
        assert set(vars(exc)) == set(contract["attributes"])
        default = contract["default_msg"].format(seconds=getattr(exc, "seconds", None))
        assert exc.msg in (default, "own text")
        assert exc.__reduce__() == (cls, tuple(getattr(exc, a) for a in contract["reduce"]))
        copies = [pickle.loads(pickle.dumps(exc, p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)]
        for again in (*copies, copy.copy(exc), copy.deepcopy(exc)):
            assert type(again) is cls
            assert vars(again) == vars(exc)
            assert str(again) == str(exc) and repr(again) == repr(exc)


def test_exceptions_are_those_of_psutil_in_all_but_the_module():
    psutil = pytest.importorskip("psutil")
    for exc in instances():
        cls = getattr(psutil, type(exc).__name__)
        theirs = cls(*exc.__reduce__()[1])
        assert str(theirs) == str(exc)
        assert repr(theirs) == repr(exc).replace("sysvitals.", "psutil.")
        assert theirs.args == exc.args


def test_plain_error():
    error = sysvitals.Error("x")
    assert str(error) == ""
    assert repr(error) == "sysvitals.Error()"
    assert error.args == ("x",)
    assert pickle.loads(pickle.dumps(error)).args == ("x",)


def test_exceptions_want_their_arguments():
    with pytest.raises(TypeError):
        sysvitals.NoSuchProcess()
    with pytest.raises(TypeError):
        sysvitals.TimeoutExpired()
    with pytest.raises(TypeError):
        sysvitals.TimeoutExpired(1, msg="x")


# --- deprecations


def only_warning(caught):
    assert len(caught) == 1, [str(w.message) for w in caught]
    return caught[0]


def next_line():
    return sys._getframe(1).f_lineno + 1


def deprecation(old):
    found = [d for d in API["deprecations"] if d["old"].startswith(old)]
    assert len(found) == 1
    return found[0]


DEPRECATED_CALLS = {
    "Process.connections": lambda p: p.connections(),
    "Process.memory_full_info": lambda p: p.memory_full_info(),
    "Process.info": lambda p: p.info,
    "process_iter(attrs=[])": lambda p: next(sysvitals.process_iter(attrs=[])),
}


@pytest.mark.parametrize("old", sorted(DEPRECATED_CALLS))
def test_deprecations(old):
    contract = deprecation(old)
    proc = sysvitals.Process()
    call = DEPRECATED_CALLS[old]
    for _ in range(2):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call(proc)
        warning = only_warning(caught)
        assert warning.category.__name__ == contract["category"]
        assert str(warning.message) == contract["warning"]
        assert warning.filename == __file__
        assert warning.lineno == call.__code__.co_firstlineno


@pytest.mark.parametrize("attrs", [(), set(), frozenset()])
def test_other_empty_attrs_are_a_user_warning(attrs):
    contract = deprecation("process_iter(attrs=() ")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        first = next(sysvitals.process_iter(attrs=attrs))
    warning = only_warning(caught)
    assert warning.category.__name__ == contract["category"]
    assert str(warning.message) == contract["warning"].replace("{attrs}", str(attrs))
    assert warning.filename == __file__
    assert set(first._prefetch) == sysvitals.Process.attrs


@pytest.mark.parametrize("field", ["lib", "dirty"])
def test_fields_that_are_no_more(field):
    contract = deprecation("pmem.lib")
    mem = sysvitals.Process().memory_info()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        line = next_line()
        assert getattr(mem, field) == 0
    warning = only_warning(caught)
    assert warning.category.__name__ == contract["category"]
    assert str(warning.message) == contract["warning"].split(" (")[0].replace("lib", field)
    assert (warning.filename, warning.lineno) == (__file__, line)
    assert field not in mem._fields and field not in mem._asdict()
    assert not hasattr(sysvitals.Process().memory_info_ex(), field)


def test_full_info_warns_through_as_dict_too():
    proc = sysvitals.Process()
    with pytest.warns(DeprecationWarning, match="memory_full_info"):
        result = proc.as_dict(["memory_full_info"])
    assert type(result["memory_full_info"]) is _ntuples.pfullmem


def test_connections_warns_before_it_validates():
    with pytest.warns(DeprecationWarning), pytest.raises(ValueError, match="invalid kind"):
        sysvitals.Process().connections("nope")


def test_nothing_else_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sysvitals.Process().as_dict()
        list(sysvitals.process_iter(attrs=sysvitals.Process.attrs))
        importlib.import_module("sysvitals._popen")


# --- values that the contract lists


def test_connection_kinds():
    kinds = API["connection_kinds"][OS]
    with pytest.raises(ValueError) as caught:
        sysvitals.Process().net_connections("x")
    assert str(caught.value).endswith(f"valid ones are: {tuple(kinds)!r}")
    for kind in kinds:
        assert isinstance(sysvitals.Process().net_connections(kind), list)


def test_memtypes():
    memtypes = API["memory_percent_memtypes"][OS]
    with pytest.raises(ValueError) as caught:
        sysvitals.Process().memory_percent("x")
    assert str(caught.value) == f"invalid memtype 'x'; valid types are {tuple(memtypes)!r}"
    for memtype in memtypes:
        assert isinstance(sysvitals.Process().memory_percent(memtype), float)
