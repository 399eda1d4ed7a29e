/** The values of `scimType` (RFC 7644, section 3.12). */
export const scimTypes = ['invalidFilter', 'tooMany', 'uniqueness', 'mutability', 'invalidSyntax', 'invalidPath', 'noTarget', 'invalidValue'] as const;
export type ScimType = (typeof scimTypes)[number];

/** An error of the protocol: the SCIM routes answer with its status, `scimType` and text. */
export class ScimError extends Error {
  constructor(
    readonly status: 400 | 404 | 409 | 412,
    readonly scimType: ScimType | undefined,
    detail: string,
  ) {
    super(detail);
    this.name = ScimError.name;
  }

  static notFound(id: string): ScimError {
    return new ScimError(404, undefined, `Resource ${id} not found.`);
  }
}
