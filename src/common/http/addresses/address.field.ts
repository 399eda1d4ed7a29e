import { applyDecorators } from '@nestjs/common';
import { registerDecorator } from 'class-validator';
import { TextField, type FieldOptions } from '../fields.js';
import { parseAddress } from './address.js';

const isAddress: PropertyDecorator = (target, property) =>
  registerDecorator({
    name: 'isAddress',
    target: target.constructor,
    propertyName: String(property),
    options: { message: `${String(property)} must be an IPv4 or IPv6 address` },
    validator: { validate: (value: unknown) => typeof value === 'string' && parseAddress(value) !== undefined },
  });

/** An IPv4 or IPv6 address. */
export function AddressField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(isAddress, TextField(options));
}
