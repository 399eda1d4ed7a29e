import { applyDecorators } from '@nestjs/common';
import { registerDecorator } from 'class-validator';
import { asciiDomain } from '../text/internet-names.js';
import { TextListField, type FieldOptions } from './fields.js';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a text is the origin of pages as browsers send it (RFC 6454, section 6.2): `https://host`, with a port if it is not 443. `http` is accepted for this machine only. */
export function isWebOrigin(text: string): boolean {
  if (text.length > 300 || !URL.canParse(text)) return false;
  const { origin, protocol, hostname } = new URL(text);
  if (origin !== text) return false;
  return loopback.has(hostname) ? protocol === 'https:' || protocol === 'http:' : protocol === 'https:' && asciiDomain(hostname) === hostname;
}

const areWebOrigins: PropertyDecorator = (target, property) =>
  registerDecorator({
    name: 'isWebOrigin',
    target: target.constructor,
    propertyName: String(property),
    options: { message: `each item in ${String(property)} must be an origin such as https://app.example.com, without a path and in lower case` },
    validator: { validate: (value: unknown) => !Array.isArray(value) || value.every((item) => typeof item === 'string' && isWebOrigin(item)) },
  });

/** A list of {@link isWebOrigin origins of pages}. */
export function WebOriginsField(options: FieldOptions & { readonly max: number }): PropertyDecorator {
  return applyDecorators(areWebOrigins, TextListField(options));
}
