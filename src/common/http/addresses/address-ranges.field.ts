import { applyDecorators } from '@nestjs/common';
import { registerDecorator } from 'class-validator';
import { isAddressRange } from './address-list.js';
import { TextListField, type FieldOptions } from '../fields.js';

const areAddressRanges: PropertyDecorator = (target, property) =>
  registerDecorator({
    name: 'isAddressRange',
    target: target.constructor,
    propertyName: String(property),
    options: { message: `each item in ${String(property)} must be an IPv4 or IPv6 address or a CIDR range` },
    validator: { validate: (value: unknown) => !Array.isArray(value) || value.every((item) => typeof item === 'string' && isAddressRange(item)) },
  });

/** A list of addresses and CIDR ranges, IPv4 or IPv6. */
export function AddressRangesField(options: FieldOptions & { readonly max: number }): PropertyDecorator {
  return applyDecorators(areAddressRanges, TextListField(options));
}
