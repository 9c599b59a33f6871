// The playground's page: asks the worker, shows what it answers, keeps everything in the address.
const $ = (id) => document.getElementById(id);
const source = $("kerasmig-source");
const format = $("kerasmig-format");
const layout = $("kerasmig-layout");
const example = $("kerasmig-example");
const status = $("kerasmig-status");

const EXAMPLES = {
  seed: `import keras
from keras.layers import Input, Convolution2D
from keras.models import Model
inputs = Input(shape=(1, 32, 32,))
shared = Convolution2D(nb_filter=10, nb_row=8, nb_col=8, subsample=(1, 1), border_mode='same', activation='relu')(inputs)
model = Model(inputs, shared)
model.summary()
`,
  undecided: `from keras.models import Sequential
from keras.layers import Convolution2D, Flatten, Dense

# Four frames of a game, or 4 x 84 pixels with 84 channels?
model = Sequential()
model.add(Convolution2D(16, 8, 8, subsample=(4, 4), border_mode='same', input_shape=(4, 84, 84)))
model.add(Flatten())
model.add(Dense(6, init='he_normal'))
`,
  training: `from keras.models import Sequential
from keras.layers.core import Dense, Dropout, MaxoutDense
from keras.layers.recurrent import LSTM
from keras.optimizers import SGD

def build(steps=20, features=8):
    net = Sequential()
    net.add(LSTM(output_dim=32, input_shape=(steps, features)))
    net.add(MaxoutDense(16, nb_feature=4))
    net.add(Dropout(p=0.5))
    net.add(Dense(1, activation='sigmoid', W_regularizer='l2'))
    net.compile(loss='binary_crossentropy', optimizer=SGD(lr=0.1, decay=1e-4), metrics=['accuracy'])
    return net

net = build()
net.fit(x, y, nb_epoch=5, batch_size=32)
net.save_weights('net.h5')
`,
};

const worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
const opened = performance.now();
let last = 0;
let answered = false;

const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

// Text with `code` in it.
const worded = (text) =>
  text.split("`").map((part, index) => (index % 2 ? element("code", { textContent: part }) : part));

const showCode = ({ code, changed }) => {
  const lines = code.replace(/\n$/, "").split("\n");
  const marked = new Set(changed);
  $("kerasmig-result").replaceChildren(
    ...lines.map((line, index) =>
      element("span", { className: marked.has(index) ? "line changed" : "line", textContent: `${line}\n` }),
    ),
  );
};

const showFindings = ({ findings, tally }) => {
  const order = ["manual", "assumed", "automatic", "suppressed"];
  const sorted = [...findings].sort(
    (a, b) => order.indexOf(a.applicability) - order.indexOf(b.applicability) || a.line - b.line,
  );
  $("kerasmig-tally").textContent =
    `${tally.found} uses of Keras found: ${tally.automatic} rewritten, ${tally.assumed} rewritten on an ` +
    `assumption, ${tally.manual} left to you, ${tally.kept} may stay, ${tally.suppressed} switched off.`;
  $("kerasmig-findings").replaceChildren(
    ...sorted.map((finding) =>
      element(
        "li",
        { className: finding.applicability },
        element("a", { href: `rules/${finding.code}.html`, textContent: finding.code, title: finding.summary }),
        ` line ${finding.line}, ${finding.applicability}: `,
        ...worded(finding.message),
      ),
    ),
  );
  if (!sorted.length) $("kerasmig-findings").append(element("li", { textContent: "No findings." }));
};

const cell = (text, problem) => element("td", {}, text === "-" && problem ? `cannot be built: ${problem}` : text);

const showModels = ({ models }) => {
  $("kerasmig-models").replaceChildren(
    ...models.map((model) =>
      element(
        "section",
        {},
        element(
          "p",
          {},
          element("strong", { textContent: model.name }),
          ` (line ${model.line}): `,
          element("strong", { className: "verdict", textContent: model.verdict }),
          `, confidence ${model.confidence}`,
        ),
        element("ul", {}, ...model.evidence.map((sentence) => element("li", {}, ...worded(sentence)))),
        element(
          "div",
          { className: "scrolls", tabIndex: 0, role: "region", ariaLabel: `Shapes of ${model.name}` },
          element(
            "table",
            {},
            element(
              "thead",
              {},
              element("tr", {}, ...["line", "tensor", "read channels first", "read channels last"].map((text) => element("th", { scope: "col", textContent: text }))),
            ),
            element(
              "tbody",
              {},
              ...model.shapes.map((row) =>
                element("tr", {}, element("td", { textContent: row.line }), element("td", { textContent: row.name }), cell(row.first, row.problem), cell(row.last, row.problem)),
              ),
            ),
          ),
        ),
      ),
    ),
  );
  if (!models.length) $("kerasmig-models").append(element("p", { textContent: "No model with a data format in this code." }));
};

const show = ({ result, took }) => {
  const failed = Boolean(result.error);
  $("kerasmig-answer").hidden = failed;
  if (failed) {
    status.textContent = result.error;
    status.dataset.state = "failed";
    return;
  }
  showCode(result);
  showFindings(result);
  showModels(result);
  $("kerasmig-compat").hidden = !result.compat;
  $("kerasmig-compat-source").textContent = result.compat;
  const first = answered ? "" : ` The first one took ${((performance.now() - opened) / 1000).toFixed(1)} s with loading.`;
  status.textContent = `kerasmig ${result.version} answered in ${Math.max(1, Math.round(took))} ms.${first}`;
  status.dataset.state = "answered";
  status.dataset.took = took;
  if (!answered) status.dataset.first = performance.now() - opened;
  answered = true;
};

worker.onmessage = ({ data }) => {
  if (data.id === last) show(data);
};
worker.onerror = () => {
  status.dataset.state = "failed";
  status.textContent =
    location.protocol === "file:"
      ? "Browsers run this page only from a server: `python -m http.server` in this folder, then open http://localhost:8000/playground.html"
      : "The playground could not be loaded. It needs a browser with WebAssembly and module workers.";
};

const ask = () => {
  last += 1;
  status.dataset.state = "working";
  if (!answered) status.textContent = "Loading Python into this page …";
  worker.postMessage({ id: last, source: source.value, format: format.value, layout: layout.value });
};

let waiting = 0;
source.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, 250);
});
for (const choice of [format, layout]) choice.addEventListener("change", ask);
example.addEventListener("change", () => {
  source.value = EXAMPLES[example.value];
  ask();
});

// The code travels in the part of the address that browsers do not send to servers.
const through = async (bytes, stream) =>
  new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
const packed = async (text) => {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};
const unpacked = async (text) => {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  return new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
};

$("kerasmig-link").addEventListener("click", async () => {
  const words = new URLSearchParams({ format: format.value, layout: layout.value, code: await packed(source.value) });
  history.replaceState(null, "", `#${words}`);
  try {
    await navigator.clipboard.writeText(location.href);
    $("kerasmig-copied").textContent = "Copied. The link holds the code.";
  } catch {
    $("kerasmig-copied").textContent = "The link is in the address bar now: copy it there.";
  }
});

const chosen = (select, value) => {
  if ([...select.options].some((option) => option.value === value)) select.value = value;
};
const words = new URLSearchParams(location.hash.slice(1));
chosen(format, words.get("format"));
chosen(layout, words.get("layout"));
source.value = EXAMPLES.seed;
if (words.has("code")) {
  try {
    source.value = await unpacked(words.get("code"));
  } catch {
    $("kerasmig-copied").textContent = "The link is not whole: here is the example instead.";
  }
}
ask();
