import { EmailField, TextField, TextListField, UrlField } from '../../../common/http/fields.js';

const colour = {
  optional: true,
  nullable: true,
  pattern: /^#[0-9a-fA-F]{6}$/,
  patternMessage: '$property must be a color such as #1a2b3c',
  example: '#1a2b3c',
  description: 'A color of the pages as `#rrggbb`; null for the default of the product',
} as const;
const maxCssLength = 32_768;

export class UpdateBrandingDto {
  @TextField({ optional: true, nullable: true, max: 100, description: 'The name shown to other people; null for the name of the organization' })
  displayName?: string | null;

  @UrlField({ optional: true, nullable: true, description: 'The address of the logo; null removes it' })
  logoUrl?: string | null;

  @UrlField({ optional: true, nullable: true, description: 'The address of the icon of pages; null removes it' })
  faviconUrl?: string | null;

  @TextField(colour)
  primaryColor?: string | null;

  @TextField(colour)
  secondaryColor?: string | null;

  @TextField(colour)
  accentColor?: string | null;

  @TextField(colour)
  backgroundColor?: string | null;

  @TextField({
    optional: true,
    nullable: true,
    max: maxCssLength,
    verbatim: true,
    min: 0,
    description: 'The CSS rules of pages; null removes them. Rules that load resources or could run code are removed.',
  })
  customCss?: string | null;

  @EmailField({ optional: true, nullable: true, description: 'The address to which users turn for help; null removes it' })
  supportEmail?: string | null;

  @UrlField({ optional: true, nullable: true, description: 'The page to which users turn for help; null removes it' })
  supportUrl?: string | null;
}

export class BrandingDto {
  @TextField({ nullable: true, description: "The name for other people; null if it is the organization's name" })
  displayName!: string | null;

  @UrlField({ nullable: true, description: 'The address of the logo; null without one' })
  logoUrl!: string | null;

  @UrlField({ nullable: true, description: 'The address of the icon of pages; null without one' })
  faviconUrl!: string | null;

  @TextField({ ...colour, optional: false })
  primaryColor!: string | null;

  @TextField({ ...colour, optional: false })
  secondaryColor!: string | null;

  @TextField({ ...colour, optional: false })
  accentColor!: string | null;

  @TextField({ ...colour, optional: false })
  backgroundColor!: string | null;

  @TextField({ nullable: true, max: maxCssLength, description: 'The CSS rules that pages apply; null without any' })
  customCss!: string | null;

  @EmailField({ nullable: true, description: 'The address to which users turn for help; null without one' })
  supportEmail!: string | null;

  @UrlField({ nullable: true, description: 'The page to which users turn for help; null without one' })
  supportUrl!: string | null;
}

export class UpdatedBrandingDto extends BrandingDto {
  @TextListField({ description: 'The parts that were removed from the custom CSS' })
  removedCss!: string[];
}

const fields = ['displayName', 'logoUrl', 'faviconUrl', 'primaryColor', 'secondaryColor', 'accentColor', 'backgroundColor', 'customCss', 'supportEmail', 'supportUrl'] as const;

/** Returns the branding with every field. */
export function toBrandingDto(document: Readonly<Record<string, unknown>>): BrandingDto {
  return Object.fromEntries(fields.map((field) => [field, document[field] ?? null])) as unknown as BrandingDto;
}
