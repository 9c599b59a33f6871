// Writes the memory of a Pyodide that has started and loaded kerasmig: what the playground begins with.
// node snapshot.mjs FOLDER OUTPUT ARCHIVE...   FOLDER holds Pyodide's files, door.py, answers.json
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, output, ...archives] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: `${folder}/`, _makeSnapshot: true });
for (const archive of archives) {
  python.unpackArchive(new Uint8Array(readFileSync(archive)).buffer, "zip", { extractDir: "/lib/kerasmig" });
}
python.runPython("import sys; sys.path.append('/lib/kerasmig')");
python.runPython(readFileSync(join(folder, "door.py"), "utf8"));
// Whatever the first questions load is loaded now.
const answer = python.globals.get("answer");
for (const question of JSON.parse(readFileSync(join(folder, "questions.json"), "utf8"))) answer(...question);
answer.destroy();
python.runPython("import gc; gc.collect()");
writeFileSync(output, python.makeMemorySnapshot());
