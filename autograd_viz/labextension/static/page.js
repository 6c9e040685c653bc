/**
 * The player and one play as a page of its own, made in the browser: what "Save as HTML" saves. It is the page that `draw/html.py` writes.
 *
 * The play is data: JSON whose every `<` is written as \u003c, so that no text in it can end its element. The page's policy forbids it
 * every connection, and every script but the one with the number drawn for it.
 */

const ENTRY = "player.js";
const STYLES = ["picture.css", "player.css"];
const IMPORT = /^import\s[^;]*?from\s+"\.\/([\w-]+\.js)";[ \t]*$/gm;

/**
 * @param {any} play  @param {(file: string) => Promise<string>} read  gives the text of one of the player's own files
 * @returns {Promise<string>} the text of the page
 */
export async function pageOf(play, read) {
  const number = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const [code, ...styles] = await Promise.all([script(read), ...STYLES.map(read)]);
  const policy = `default-src 'none'; script-src 'nonce-${number}'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${escaped(play.title || "autograd_viz")}</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; padding: 16px; background: light-dark(#ffffff, #171a21); }
${styles.join("\n").replaceAll("</", "<\\/")}
</style>
</head>
<body>
<noscript><pre>${escaped(play.text)}</pre></noscript>
<main id="player"></main>
<script type="application/json" id="play">${JSON.stringify(play).replaceAll("<", "\\u003c")}</script>
<script type="module" nonce="${number}">
${code}
mount(document.getElementById("player"), JSON.parse(document.getElementById("play").textContent));
</script>
</body>
</html>
`;
}

function escaped(words) {
  return words.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The player's modules as one script: each after those that it imports, import lines and the word `export` taken out. */
async function script(read) {
  const done = new Map();
  const add = async (name) => {
    if (done.has(name)) return;
    const text = await read(name);
    for (const [, other] of text.matchAll(IMPORT)) await add(other);
    done.set(name, text.replace(IMPORT, "").replace(/^export (?=(async )?(function|class|const|let)\b)/gm, ""));
  };
  await add(ENTRY);
  const code = [...done.values()].join("\n");
  if (/<\/script/i.test(code)) throw new Error("a module of the player would end its own element");
  return code;
}
