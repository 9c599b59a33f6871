// Runs kerasmig in Pyodide, apart from the page so that the page stays usable meanwhile.
// Everything is loaded from the folder that this file stands in.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const here = new URL("./", import.meta.url);
const fetched = async (name, as) => {
  const response = await fetch(new URL(name, here));
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response[as]();
};

const start = async () => {
  const began = performance.now();
  const files = fetched("packages.json", "json").then((names) =>
    Promise.all(names.map((name) => fetched(name, "arrayBuffer"))),
  );
  const door = fetched("door.py", "text");
  const python = await loadPyodide({ indexURL: new URL("pyodide/", here).href });
  for (const file of await files) python.unpackArchive(file, "zip", { extractDir: "/lib/kerasmig" });
  python.runPython("import sys; sys.path.append('/lib/kerasmig')");
  python.runPython(await door);
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
