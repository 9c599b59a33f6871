// Runs kerasmig in Pyodide, apart from the page so that the page stays usable meanwhile.
// Everything is loaded from the folder that this file stands in.
import createPyodideModule from "./pyodide/pyodide.asm.mjs";
import { loadPyodide } from "./pyodide/pyodide.mjs";

const here = new URL("./", import.meta.url);
const fetched = async (name, as) => {
  const response = await fetch(new URL(name, here));
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response[as]();
};

const indexURL = new URL("pyodide/", here).href;

// The memory of a Python that has loaded kerasmig already; the site's build made it.
const started = async () => {
  const response = await fetch(new URL("started.bin", here));
  if (!response.ok) throw new Error(`started.bin: ${response.status}`);
  return new Response(response.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
};

const unpack = (python, files) => {
  for (const file of files) python.unpackArchive(file, "zip", { extractDir: "/lib/kerasmig" });
};

// A module of Pyodide with room for a memory that is larger than the one it begins with.
const roomy = (memory) => async (settings) => {
  const module = await createPyodideModule(settings);
  const { byteLength } = await memory;
  if (module.HEAP8.length < byteLength) {
    module._free(module._malloc(byteLength));
    module.HEAP8.fill(0); // all of it is replaced
  }
  return module;
};

const quickly = async (files) => {
  const memory = started();
  const python = await loadPyodide({ indexURL, _loadSnapshot: memory, createPyodideModule: roomy(memory) });
  unpack(python, await files); // what is loaded later on is read from there
  python.runPython("import importlib; importlib.invalidate_caches()");
  return python;
};

// From the start, in a browser that does not take the memory.
const slowly = async (files) => {
  const python = await loadPyodide({ indexURL });
  unpack(python, await files);
  python.runPython("import sys; sys.path.append('/lib/kerasmig')");
  python.runPython(await fetched("door.py", "text"));
  return python;
};

const start = async () => {
  const began = performance.now();
  const files = fetched("packages.json", "json").then((names) =>
    Promise.all(names.map((name) => fetched(name, "arrayBuffer"))),
  );
  const python = await quickly(files).catch((error) => {
    console.warn(`The playground starts slowly: ${error.message}`);
    return slowly(files);
  });
  return { answer: python.globals.get("answer"), loaded: performance.now() - began };
};

const ready = start();
// A failure is said with the first answer; here it must only not count as unhandled.
ready.then(({ loaded }) => postMessage({ loaded }), () => {});

onmessage = async ({ data }) => {
  const { id, source, format, layout } = data;
  try {
    const { answer } = await ready;
    const began = performance.now();
    const result = JSON.parse(answer(source, format, layout));
    postMessage({ id, result, took: performance.now() - began });
  } catch (error) {
    postMessage({ id, result: { error: `The playground failed: ${error.message}` }, took: 0 });
  }
};
