/** An attribute of a resource, as `/Schemas` describes it (RFC 7643, section 7). */
export interface Attribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'complex' | 'reference' | 'dateTime';
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readWrite' | 'readOnly' | 'immutable';
  readonly returned: 'default' | 'always';
  readonly uniqueness: 'none' | 'server';
  readonly description: string;
  readonly subAttributes?: readonly Attribute[];
}

export interface ScimSchema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

/** A kind of resource: its schema, and those that extend it. */
export interface ResourceType {
  readonly name: 'User' | 'Group';
  readonly endpoint: '/Users' | '/Groups';
  readonly schema: ScimSchema;
  readonly extensions: readonly ScimSchema[];
}

const text = (name: string, description: string, options: Partial<Attribute> = {}): Attribute => ({
  name,
  type: 'string',
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  description,
  ...options,
});
const flag = (name: string, description: string): Attribute => text(name, description, { type: 'boolean' });
const complex = (name: string, description: string, subAttributes: readonly Attribute[], options: Partial<Attribute> = {}): Attribute =>
  text(name, description, { type: 'complex', subAttributes, ...options });
const plural = (name: string, description: string): Attribute =>
  complex(
    name,
    description,
    [
      text('value', 'The value'),
      text('display', 'A name of the value for people'),
      text('type', 'The purpose of the value, such as `work`'),
      flag('primary', 'Whether it is the preferred value'),
    ],
    { multiValued: true },
  );

const userSchema: ScimSchema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'A user of the directory',
  attributes: [
    text('userName', 'The name with which the user signs in to the directory', { required: true, uniqueness: 'server' }),
    complex('name', 'The parts of the name', [
      text('formatted', 'The whole name'),
      text('familyName', 'The family name'),
      text('givenName', 'The given name'),
      text('middleName', 'The middle names'),
      text('honorificPrefix', 'The title before the name'),
      text('honorificSuffix', 'The suffix of the name'),
    ]),
    text('displayName', 'The name that is shown'),
    text('nickName', 'A casual name'),
    text('profileUrl', 'The page of the user', { type: 'reference' }),
    text('title', 'The title of the job'),
    text('userType', 'The relation to the organization'),
    text('preferredLanguage', 'The preferred language'),
    text('locale', 'The locale'),
    text('timezone', 'The time zone'),
    flag('active', 'Whether the user may be a member of the organization'),
    plural('emails', 'The addresses. The primary one, then the one of the type `work`, then the first one provisions the user'),
    plural('phoneNumbers', 'The telephone numbers'),
    plural('ims', 'The addresses of instant messaging'),
    plural('photos', 'The pictures'),
    complex(
      'addresses',
      'The postal addresses',
      [
        text('formatted', 'The whole address'),
        text('streetAddress', 'The street'),
        text('locality', 'The city'),
        text('region', 'The region'),
        text('postalCode', 'The postal code'),
        text('country', 'The country'),
        text('type', 'The purpose of the address'),
        flag('primary', 'Whether it is the preferred address'),
      ],
      { multiValued: true },
    ),
    complex(
      'groups',
      'The groups of the user',
      [
        text('value', 'The id of the group', { mutability: 'readOnly' }),
        text('display', 'The name of the group', { mutability: 'readOnly' }),
        text('$ref', 'The URL of the group', { type: 'reference', mutability: 'readOnly' }),
      ],
      { multiValued: true, mutability: 'readOnly' },
    ),
    plural('entitlements', 'Kept, and gives nothing'),
    plural('roles', 'Kept, and gives nothing: only groups are mapped'),
  ],
};

const enterpriseSchema: ScimSchema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'The attributes that companies record about a user',
  attributes: [
    text('employeeNumber', 'The number of the employee'),
    text('costCenter', 'The cost center'),
    text('organization', 'The company'),
    text('division', 'The division'),
    text('department', 'The department'),
    complex('manager', 'The manager', [text('value', 'The id of the manager'), text('displayName', 'The name of the manager')]),
  ],
};

const groupSchema: ScimSchema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'A group of users. It gives nothing until it is mapped to roles or teams',
  attributes: [
    text('displayName', 'The name of the group', { required: true, uniqueness: 'server' }),
    complex(
      'members',
      'The users of the group',
      [
        text('value', 'The id of the user', { mutability: 'immutable' }),
        text('display', 'The name of the user', { mutability: 'readOnly' }),
        text('type', 'Always `User`', { mutability: 'immutable' }),
        text('$ref', 'The URL of the user', { type: 'reference', mutability: 'immutable' }),
      ],
      { multiValued: true },
    ),
  ],
};

/** The attributes that every resource has. */
const commonAttributes: readonly Attribute[] = [
  text('id', 'The id', { caseExact: true, mutability: 'readOnly', returned: 'always' }),
  text('externalId', 'The id in the directory', { caseExact: true }),
  complex(
    'meta',
    'When the resource was changed',
    [
      text('resourceType', 'The kind of resource'),
      text('created', 'The time of the creation', { type: 'dateTime' }),
      text('lastModified', 'The time of the last change', { type: 'dateTime' }),
      text('location', 'The URL', { type: 'reference' }),
      text('version', 'The ETag'),
    ],
    { mutability: 'readOnly' },
  ),
  text('schemas', 'The schemas', { multiValued: true, mutability: 'readOnly', returned: 'always' }),
];

export const userType: ResourceType = { name: 'User', endpoint: '/Users', schema: userSchema, extensions: [enterpriseSchema] };
export const groupType: ResourceType = { name: 'Group', endpoint: '/Groups', schema: groupSchema, extensions: [] };
export const schemas: readonly ScimSchema[] = [userSchema, enterpriseSchema, groupSchema];

/** A place in a resource: the extension, if it is in one, the attribute, and the attribute in it. */
export interface AttributePlace {
  readonly extension: string | undefined;
  readonly attribute: Attribute;
  readonly sub: Attribute | undefined;
}

const named = (attributes: readonly Attribute[], name: string): Attribute | undefined => attributes.find((each) => each.name.toLowerCase() === name.toLowerCase());

/** Finds what a path such as `name.givenName` or `urn:…:User:department` names; undefined for an unknown one. Names do not depend on case. */
export function placeOf(type: ResourceType, path: string): AttributePlace | undefined {
  const lower = path.toLowerCase();
  const extension = type.extensions.find(({ id }) => lower.startsWith(`${id.toLowerCase()}:`));
  const core = lower.startsWith(`${type.schema.id.toLowerCase()}:`) ? type.schema.id.length + 1 : 0;
  const [name = '', subName, ...more] = path.slice(extension === undefined ? core : extension.id.length + 1).split('.');
  const attribute = named(extension?.attributes ?? [...type.schema.attributes, ...commonAttributes], name);
  if (attribute === undefined || more.length > 0) return undefined;
  if (subName === undefined) return { extension: extension?.id, attribute, sub: undefined };
  const sub = named(attribute.subAttributes ?? [], subName);
  return sub === undefined ? undefined : { extension: extension?.id, attribute, sub };
}

/** Returns the URN of the extension that a key names as a whole. */
export const extensionNamed = (type: ResourceType, key: string): ScimSchema | undefined => type.extensions.find(({ id }) => id.toLowerCase() === key.toLowerCase());
