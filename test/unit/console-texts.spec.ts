import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import type { OpenAPIObject } from '@nestjs/swagger';
import { operations as inGerman } from '../../console/src/pages/organization/audit/operations-de.js';
import { otherActions, tables } from '../../console/src/pages/organization/audit/tables.js';
import { permissions } from '../../console/src/pages/organization/permissions-de.js';
import { problems as refusals } from '../../console/src/texts/problems-de.js';
import { names as ofSettings } from '../../console/src/pages/organization/settings/names-de.js';
import { authSettings, membershipSettings } from '../../src/config/catalog/catalog.js';
import { builtInPermissions } from '../../src/config/catalog/built-in-permissions.js';
import { declaredPermissions } from '../../src/config/catalog/declared-permissions.js';
import { operationsOf } from '../../src/contract/open-api.js';
import { problemTypes } from '../../src/contract/problem-types.js';
import { tagsOfResources } from '../../src/contract/tags.js';

const isOfProduct = (tag: string | undefined): boolean => tag !== undefined && tagsOfResources.has(tag);

it('the texts of the console name each built-in permission in German, and none that does not exist', () => {
  expect(Object.keys(permissions)).toEqual(expect.arrayContaining(Object.keys(builtInPermissions)));
  expect(declaredPermissions).toEqual(expect.arrayContaining(Object.keys(permissions)));
});

it('the texts of the console name each setting that the server enforces in German', () => {
  expect(Object.keys(ofSettings)).toEqual(expect.arrayContaining([...Object.keys(authSettings), ...Object.keys(membershipSettings)]));
});

it('the texts of the console have each refusal of the platform in German, and none that does not exist', () => {
  const modules = [...tagsOfResources].map((tag) => `modules/${tag}/`);
  const isOfPlatform = (file: string): boolean => file.endsWith('.ts') && !['generated/', 'contract/', ...modules].some((folder) => file.startsWith(folder));
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter(isOfPlatform)
    .map((file) => readFileSync(`src/${file}`, 'utf8'))
    .join('\n');
  const { components } = JSON.parse(readFileSync('openapi.json', 'utf8')) as { components: { schemas: { ProblemCode: { enum: string[] } } } };
  const required = components.schemas.ProblemCode.enum.filter((code) => sources.includes(`'${code}'`));
  expect(required.length).toBeGreaterThan(300);
  expect(required.filter((code) => !(code in refusals.details))).toEqual([]);
  // The SDK has a code for what is no answer of the API.
  expect(Object.keys(refusals.details).filter((code) => code !== 'unexpected_answer' && !(code in problemTypes))).toEqual([]);
});

describe('the texts of the audit log in the console', () => {
  it('name each operation of the contract in German, and no other one', () => {
    const operations = operationsOf(JSON.parse(readFileSync('openapi.json', 'utf8')) as OpenAPIObject).map(({ operation }) => operation);
    const required = operations.filter(({ tags }) => !isOfProduct(tags?.[0])).map(({ operationId }) => operationId);
    expect(Object.keys(inGerman)).toEqual(expect.arrayContaining(required));
    expect(operations.map(({ operationId }) => operationId)).toEqual(expect.arrayContaining(Object.keys(inGerman)));
  });

  it.each(Object.entries(otherActions))('name each action that is no operation: %s', (_, names) => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.startsWith('generated'));
    // Without a route, job or command, the reason is the action.
    const reasons = sources.flatMap((file) => [...readFileSync(`src/${file}`, 'utf8').matchAll(/\brunAsPlatform\(\s*'([^']+)'/g)].map(([, reason]) => String(reason)));
    const work = reasons.filter((reason) => !reason.startsWith('job '));
    expect(work.length).toBeGreaterThan(3);
    expect(Object.keys(names)).toEqual(expect.arrayContaining(work));
  });

  it.each(Object.entries(tables))('name each recorded table, and no other one: %s', (_, names) => {
    const models = [...tagsOfResources].map((tag) => readFileSync(`prisma/models/${tag}.prisma`, 'utf8'));
    const ofProduct = models.flatMap((text) => [...text.matchAll(/@@map\("(\w+)"\)/g)].map(([, table]) => String(table)));
    const recorded = [...readFileSync('prisma/schema.sql', 'utf8').matchAll(/^CREATE TRIGGER audit AFTER .* ON \w+\.(\w+) /gm)].map(([, table]) => String(table));
    // Code records these itself (audit.record_change), or the erasure of parts of the log does.
    const all = [...recorded, 'mail_messages', 'audit.actors', 'audit.details'];
    expect(recorded.length).toBeGreaterThan(50);
    expect(Object.keys(names)).toEqual(expect.arrayContaining(all.filter((table) => !ofProduct.includes(table))));
    expect(all).toEqual(expect.arrayContaining(Object.keys(names)));
  });
});
