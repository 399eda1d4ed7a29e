// Finds wording that is hard to understand: in the documentation, in comments and texts of the code, and in test titles.
// Prints file:line, the phrase and the better wording, and exits with 1 when it finds one. A line that contains "words: allow" is not checked.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { npmScript } from './arguments.mjs';

/** A space matches any white space, so a phrase is also found across a line break. `of` limits a rule to one kind of text. */
const phrases = [
  ['how manieth|manieth', 'the attempt number'],
  ['(take|takes|took|taken|taking) over', 'adopts, copies, replaces'],
  ['told so', 'reported'],
  ['as (it|they|he|she) says?', 'name what to do'],
  ['stands? so high', '"the value is lower than …"'],
  ['(that|which|who|this) (is|are) none|is none of', '"is not a …", "does not exist"'],
  ['none but', 'only'],
  ['so (many|much) of (it|them|that)|so many (days|requests|seconds|units|minutes|times|wrong)', '"the number of …", "this many"'],
  [
    'what (is|was|are|were) (given|owed|paid|sold|asked|told|bought|written|kept|left|used|taken|held|open|due|there|here|said|meant|wanted|so)',
    'a noun: "the payment", "the remaining units"',
  ],
  ['no more(?! than)', 'no longer, not any more'],
  ['any more', 'no longer'],
  ['besides?', 'next to, in addition to, except'],
  ['but for', 'except for'],
  ['in (its|their|the same) room|the house|of the house', 'the application, module, layer, process'],
  ['(is|are|was|were|be|been|being) told', '"reports …", "is reported", "is notified"'],
  ['tells(?! whether)|(?<!to )tell (of|the|it|them|each|which|that|what|how)', 'reports, shows, returns'],
  ['of (ours|theirs|yours|hers)', '"our …", "the application\'s …"'],
  ['(go|goes|going|went|gone) on', 'continues'],
  ['anew', 'again'],
  ['for ever', 'forever, permanently'],
  ['hand(s|ed|ing)? (it|them|out|over|on|back|down)|(our|their|whose|in) hands|through the hands', 'returns, passes, gives'],
  ['(is|are|was|were|be) left(?! (blank|empty|join|unchanged|alone|of|out|to|in))', 'remains'],
  ['stands?(?!-)(?! (for|alone)\\b)', '"is", "is written", "is stored"'],
  ['(can|could|may|to|is|are|was|were|not) be had|(is|was) had', 'is available'],
  ['whoever|whosoever', '"the user who …", "any caller that …"'],
  ['holds? (for|good|true)|held good', 'applies'],
  ['as ever', 'as before'],
  ['behind it', '"after the limit", "then"'],
  ['worked off', 'processed'],
  ['led (back|elsewhere|on)|leads (back|elsewhere)', 'redirects'],
  ['in (the )?midst', 'while, during'],
  ['nobody (gives|takes|asks|waits|knows)', 'name the subject: "no replica …"'],
  ['nor (is|does|has|are|can|do)\\b', 'start a second sentence'],
  ['(come|comes|came|coming) (again|along)', 'is repeated, is included'],
].map(([pattern, better]) => ({ name: pattern, better, regex: new RegExp(`\\b(?:${pattern.replaceAll(' ', '\\s+')})\\b`, 'gi') }));

/** Statements that begin with a question word: "What is paid stays paid." Questions may. */
phrases.push({
  name: 'a statement that begins with What or Who',
  better: 'begin with the subject',
  regex: /(?<=^\s*|[.;]\s+|[:|]\s+(?=[A-Z]))(?:What|Who|Whose)\b(?!’s)[^.?!]*(?:[.!](?=\s|$)|$)/g,
});

const command = npmScript('check:words', 'Lists phrases to replace, with better wording.')
  .argument('[prefixes...]', 'only files whose names begin with one of these')
  .option('--count', 'counts the findings of each phrase instead')
  .parse();
const wanted = command.args;
const skipped = /^((sdk\/)?src\/generated\/|docs\/sql-functions\.md|prisma\/schema\.sql|scripts\/check-words\.mjs|LICENSE)/;
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && !skipped.test(file));

/** A piece of prose: its text and the line on which it begins. Line breaks inside the text are those of the file. */
function proseOf(file, text) {
  if (/^(README|CONTRIBUTING|CHANGELOG|SECURITY)\.md$|^(docs|src|bench|sdk|\.github)\/.*\.md$/.test(file)) return paragraphs(text);
  if (/^(src|sdk\/src)\/.*\.ts$|^(bench|scripts)\/.*\.mjs$/.test(file)) return literals(text);
  if (/^test\/.*\.ts$/.test(file))
    return [...text.matchAll(/\b(?:it|test|describe)(?:\.\w+)*(?:\([^'"`]*?\))?\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)].map((match) => ({
      text: match[2],
      line: lineAt(text, match.index),
    }));
  if (/^prisma\/.*\.sql$/.test(file)) return lineComments(text, /--(.*)$/);
  if (/^prisma\/models\/.*\.prisma$/.test(file)) return lineComments(text, /\/\/\/?(.*)$/);
  if (file === '.env.example') return lineComments(text, /^#(.*)$/);
  if (/^catalogs\/.*\.(yaml|json)$/.test(file)) return text.split('\n').map((line, index) => ({ text: line, line: index + 1 }));
  return [];
}

function lineAt(text, index) {
  return text.slice(0, index).split('\n').length;
}

function paragraphs(text) {
  const found = [];
  let line = 1;
  // The target of a link is no prose.
  for (const part of text.replace(/\]\([^)\s]*\)/g, ']').split(/(\n(?:[ \t]*\n)+|\n(?=\s*(?:[-*#|]|\d+\.) ?))/)) {
    if (part.trim() !== '') found.push({ text: part.replace(/^(\s*)(?:[-*#|]+|\d+\.)\s/, '$1'), line });
    line += part.split('\n').length - 1;
  }
  return found;
}

function lineComments(text, pattern) {
  const found = [];
  for (const [index, line] of text.split('\n').entries()) {
    const comment = pattern.exec(line)?.[1];
    if (comment === undefined) continue;
    const last = found.at(-1);
    if (last !== undefined && last.end === index) Object.assign(last, { text: `${last.text}\n${comment}`, end: index + 1 });
    else found.push({ text: comment, line: index + 1, end: index + 1 });
  }
  return found;
}

/** Comments and string literals of TypeScript. Line comments on neighbouring lines are one piece. */
function literals(text) {
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*(?:\n[ \t]*\/\/[^\n]*)*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|(?<=[=(,:;!&|?[{}\n]|return)\s*\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;
  return [...text.matchAll(token)]
    .filter((match) => /^['"`]|^\/[/*]/.test(match[0]))
    .map((match) => {
      const comment = match[0].startsWith('/');
      const inner = comment ? match[0].replace(/^\/\*+|\*\/$/g, '').replace(/(^|\n)[ \t]*(\*|\/\/)/g, '$1') : match[0].slice(1, -1);
      return { text: inner, line: lineAt(text, match.index) };
    })
    .filter((piece) => / /.test(piece.text.trim()) && !/^[./@\w-]+$/.test(piece.text));
}

const hits = [];
for (const file of files) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    continue;
  }
  const lines = text.split('\n');
  for (const piece of proseOf(file, text)) {
    for (const phrase of phrases) {
      for (const match of piece.text.matchAll(phrase.regex)) {
        const line = piece.line + piece.text.slice(0, match.index).split('\n').length - 1;
        if (lines[line - 1]?.includes('words: allow')) continue;
        hits.push({ file, line, phrase, found: match[0].replace(/\s+/g, ' ').slice(0, 70) });
      }
    }
  }
}

if (command.opts().count === true) {
  for (const phrase of phrases) {
    const own = hits.filter((hit) => hit.phrase === phrase);
    console.log(`${String(own.length).padStart(5)}  ${phrase.name}`);
  }
  console.log(`${String(hits.length).padStart(5)}  in all, in ${new Set(hits.map((hit) => hit.file)).size} files`);
} else {
  const shown = hits.filter((hit) => wanted.length === 0 || wanted.some((prefix) => hit.file.startsWith(prefix)));
  for (const { file, line, found, phrase } of shown) console.log(`${file}:${line}: "${found}" → ${phrase.better}`);
  if (shown.length > 0) {
    console.error(`${shown.length} phrases to reword. CONTRIBUTING.md, "Words", has the rules.`);
    process.exitCode = 1;
  }
}
