import { Eta } from 'eta';
import type { PrintedDocument } from './printed-document.policy.js';

/** `<%= %>` escapes. */
const template = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title><%= it.title %> <%= it.number %></title>
<style>body{font:14px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%;margin:1.5rem 0}td,th{padding:.3rem .5rem;text-align:left;vertical-align:top}thead th{border-bottom:1px solid}.n{text-align:right;white-space:nowrap}.parties{display:flex;gap:4rem}address,td,.note{unicode-bidi:plaintext}address,.note{text-align:left}.totals{width:auto;margin-left:auto}</style>
</head><body>
<h1><%= it.title %> <%= it.number %></h1>
<dl class="facts"><% for (const [name, value] of it.facts) { %><dt><%= name %></dt><dd><%= value %></dd><% } %></dl>
<div class="parties"><address class="seller"><% for (const line of it.seller) { %><%= line %><br><% } %></address>
<address class="customer"><% for (const line of it.customer) { %><%= line %><br><% } %></address></div>
<table class="lines"><thead><tr><th>Description</th><th>Period</th><th class="n">Quantity</th><th class="n">Unit amount</th><th class="n">Amount</th></tr></thead><tbody>
<% for (const line of it.lines) { %><tr><td><%= line.description %></td><td><%= line.period %></td><td class="n"><%= line.quantity %></td><td class="n"><%= line.unitAmount %></td><td class="n"><%= line.amount %></td></tr>
<% } %></tbody></table>
<table class="totals"><% for (const [name, value] of it.totals) { %><tr><th><%= name %></th><td class="n"><%= value %></td></tr><% } %></table>
<% for (const note of it.notes) { %><p class="note"><%= note %></p><% } %>
</body></html>
`;

const eta = new Eta({ autoEscape: true });
const render = eta.compile(template);

/** Writes a document as a page of HTML without scripts. */
export const documentToHtml = (document: PrintedDocument): string => eta.render(render, document);
