import { BooleanField, ListField, RecordField, TextField, TimeField, UuidField, secretExample } from '../../../common/http/fields.js';
import { WholeList } from '../../../common/http/pages/page.js';
import type { Passkey } from '../../../generated/prisma/client.js';

/** The size of an answer of an authenticator, as JSON in bytes. Real ones have some 1,000. */
export const maxCredentialBytes = 8192;

const nameOfPasskey = { max: 60, example: 'My phone', description: 'A name by which the user knows the passkey, such as that of the device' };

export class PasskeyOptionsDto {
  @RecordField({
    description: 'For the browser: `navigator.credentials.create()` or `.get()` with `publicKey`, after `parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()`',
  })
  options!: Record<string, unknown>;
}

export class AddPasskeyDto {
  @TextField(nameOfPasskey)
  name!: string;

  @RecordField({ maxBytes: maxCredentialBytes, description: 'The credential that the browser created, as its `toJSON()` returns it' })
  credential!: Record<string, unknown>;
}

export class RenamePasskeyDto {
  @TextField(nameOfPasskey)
  name!: string;
}

export class PasskeyLogInDto {
  @RecordField({ maxBytes: maxCredentialBytes, description: 'The answer of the passkey, as the `toJSON()` of the browser returns it' })
  credential!: Record<string, unknown>;

  @BooleanField({ optional: true, description: 'Whether the session ends after 60 days without use instead of 7. Default: false.' })
  rememberMe?: boolean;

  @UuidField({
    optional: true,
    description: 'The organization to work in. Default: the default organization of the user, or the only one that is open. If there is neither, each request must name one.',
  })
  organizationId?: string;
}

export class UndoPasskeyDto {
  @TextField({ max: 200, verbatim: true, example: secretExample, description: 'The token from the link in the email' })
  token!: string;
}

export class PasskeyDto {
  @UuidField({ description: 'The id of the passkey' })
  id!: string;

  @TextField(nameOfPasskey)
  name!: string;

  @TextField({ example: 'app.example.com', description: 'The domain at which the passkey works' })
  rpId!: string;

  @BooleanField({ description: 'Whether the authenticator synchronizes the passkey with other devices of the user' })
  backedUp!: boolean;

  @TimeField({ description: 'The time of the registration' })
  createdAt!: Date;

  @TimeField({ nullable: true, description: 'The time of the last use; null before the first' })
  lastUsedAt!: Date | null;

  @TimeField({ nullable: true, description: 'The time at which a use was last refused because its counter had not grown, so that the key may have been copied; null if none was' })
  counterRegressedAt!: Date | null;
}

export class PasskeyListDto extends WholeList {
  @ListField(() => PasskeyDto, { description: 'All passkeys of the user, oldest first' })
  data!: PasskeyDto[];
}

export function toPasskeyDto({ id, name, rpId, backedUp, createdAt, lastUsedAt, counterRegressedAt }: Passkey): PasskeyDto {
  return { id, name, rpId, backedUp, createdAt, lastUsedAt, counterRegressedAt };
}
