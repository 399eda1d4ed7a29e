/** The JSON Schema of the values of settings, by their keys. */
export const settingsSchema = {
  type: 'object' as const,
  additionalProperties: { oneOf: [{ type: 'boolean' }, { type: 'integer' }, { type: 'string' }] },
  example: { weekly_reports: true },
};

/** That of a change: `null` resets a setting to its default. */
export const settingsPatchSchema = { ...settingsSchema, additionalProperties: { oneOf: [...settingsSchema.additionalProperties.oneOf, { type: 'null' }] } };
