/** The description of everything that can be asked, as one page that needs nothing else: no script, no font, no network. */
import { createHash } from 'node:crypto';
import { html, Markup } from '../reports/markup.ts';
import { kinds } from './codes.ts';
import { docsStyle } from './docs-style.ts';
import type { JsonSchema } from './json-schemas.ts';
import type { DescribedOperation, OpenApi } from './openapi.ts';
import { typeText } from './type-text.ts';
import { JSON_TYPE } from '../shared/client/words.ts';

const styleHash = createHash('sha256').update(docsStyle).digest('base64');
/** Nothing but the page's own style, and nowhere in somebody else's frame. */
export const docsPolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: DescribedOperation;
}

export function docsHtml(api: OpenApi): string {
  const entries = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const tags = [...new Set(entries.flatMap(({ operation }) => operation.tags))];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Guts ${api.info.version}: REST</title>
        ${new Markup(`<style>${docsStyle}</style>`)}
      </head>
      <body>
        <main>
          <h1>Guts over REST</h1>
          <p class="quiet">
            ${api.info.description} Version ${api.info.version}; for programs:
            <a href="/openapi.json">/openapi.json</a>.
          </p>
          <p>
            Sign in with <code>Authorization: Bearer TOKEN</code>, or with <code>X-Auth-Token</code> of a Keystone that
            the policy names. A viewer looks, an operator moves machines, an admin sets Guts up; each may what those
            before it may.
          </p>
          <nav aria-label="Contents">
            <ul>
              ${tags.map((tag) => html`<li><a href="#${tag}">${tag}</a></li> `)}
              <li><a href="#errors">errors</a></li>
              <li><a href="#schemas">schemas</a></li>
            </ul>
          </nav>
          ${tags.map((tag) => section(tag, entries))} ${errorsSection()} ${schemasSection(api)}
        </main>
      </body>
    </html> `.text;
}

function section(tag: string, entries: readonly Entry[]): Markup {
  return html`<h2 id="${tag}">${tag}</h2>
    ${entries.filter(({ operation }) => operation.tags.includes(tag)).map(article)}`;
}

function article({ method, path, operation }: Entry): Markup {
  const { operationId, summary, parameters, requestBody, responses } = operation;
  const body = requestBody?.content[JSON_TYPE]?.schema;
  const role = operation['x-guts-role'];
  return html`<article id="${operationId}">
    <h3><span class="method">${method}</span> <code>${path}</code></h3>
    <p>
      ${summary}.
      <span class="quiet">${role === undefined ? 'Nobody has to sign in.' : `Takes the role ${role}.`}</span>
    </p>
    ${parameters.length === 0 ? '' : parametersTable(operation)}
    ${body === undefined ? '' : fieldsTable('In the body', 'needed', body)}
    ${Object.entries(responses).map(([status, response]) => answer(status, response))}
  </article> `;
}

function parametersTable({ parameters }: DescribedOperation): Markup {
  return table(
    'Where',
    parameters.map(({ name, in: where, required, description, schema }) =>
      row(name, required ? `${where}, needed` : where, typeText(schema), description, schema['default']),
    ),
  );
}

/** @param needed what is said of fields that must be there */
function fieldsTable(where: string, needed: string, { properties = {}, required = [] }: JsonSchema): Markup {
  return table(
    where,
    Object.entries(properties).map(([name, schema]) =>
      row(name, required.includes(name) ? needed : '', typeText(schema), schema['description'], schema['default']),
    ),
  );
}

const table = (where: string, rows: readonly Markup[]): Markup =>
  html`<table>
    <thead>
      <tr>
        <th scope="col">Field</th>
        <th scope="col">${where}</th>
        <th scope="col">What</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;

function row(name: string, where: string, type: Markup, says: unknown, preset: unknown): Markup {
  const more = [
    ...(typeof says === 'string' ? [says] : []),
    ...(preset === undefined ? [] : [`without it: ${JSON.stringify(preset)}`]),
  ];
  return html`<tr>
    <td><code>${name}</code></td>
    <td>${where}</td>
    <td>${type}${more.map((one) => html`<br /><small>${one}</small>`)}</td>
  </tr> `;
}

function answer(status: string, response: unknown): Markup {
  const { content } = response as { content?: Readonly<Record<string, { schema: JsonSchema }>> }; // as openApiOf makes them
  const schema = content?.[JSON_TYPE]?.schema;
  if (status === 'default' || schema === undefined) return html``;
  const { properties } = schema;
  if (properties === undefined) return html`<p>Answers ${status}: ${typeText(schema)}</p>`;
  const fields = Object.entries(properties).map(
    ([name, one]) => html`<li><code>${name}</code>: ${typeText(one)}</li> `,
  );
  return html`<p>Answers ${status}:</p>
    <ul>
      ${fields}
    </ul>`;
}

function errorsSection(): Markup {
  const rows = Object.entries(kinds).map(
    ([code, { status, title }]) =>
      html`<tr id="${code}">
        <td><code>${code}</code></td>
        <td>${status}</td>
        <td>${title}</td>
      </tr> `,
  );
  return html`<h2 id="errors">errors</h2>
    <p>
      Whatever goes wrong is answered as <code>application/problem+json</code> (<a href="#schema-Problem">Problem</a>):
      its <code>code</code> is the same as in the window and on the command line, its <code>remedy</code> says what to
      do. Codes that are not listed come from vSphere (<code>vsphere.…</code>, 502), Hyper-V (<code>hyperv.…</code>,
      <code>ntlm.…</code>, <code>spnego.…</code>, 502), OpenStack (<code>openstack.…</code>, 502) or the network
      (<code>net.…</code>, 502), or say why something cannot be done (422).
    </p>
    <table>
      <thead>
        <tr>
          <th scope="col">Code</th>
          <th scope="col">Status</th>
          <th scope="col">What it is</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`;
}

function schemasSection({ components }: OpenApi): Markup {
  return html`<h2 id="schemas">schemas</h2>
    ${Object.entries(components.schemas).map(
      ([name, schema]) =>
        html`<article id="schema-${name}">
          <h3>${name}</h3>
          ${shapesOf(schema).map((shape) =>
            shape.properties === undefined ? html`<p>${typeText(shape)}</p>` : fieldsTable('There', 'always', shape),
          )}
        </article> `,
    )}`;
}

/** Each kind of an object that may be of several kinds. */
function shapesOf(schema: JsonSchema): readonly JsonSchema[] {
  const kinds = schema['oneOf'] ?? schema['anyOf'];
  const shapes = Array.isArray(kinds) ? (kinds as JsonSchema[]) : []; // schemas, by JSON Schema
  return shapes.length > 0 && shapes.every(({ properties }) => properties !== undefined) ? shapes : [schema];
}
