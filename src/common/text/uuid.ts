const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID as PostgreSQL writes it, also in capital letters. Nothing else, because ids become part of statements (`assertBound`). */
export const isUuid = (text: string): boolean => uuid.test(text);
