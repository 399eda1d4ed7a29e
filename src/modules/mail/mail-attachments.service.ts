import { Injectable } from '@nestjs/common';

/** Names a document that is attached to a mail. The outbox stores the name; the file is written when the mail is sent. */
export interface MailAttachment {
  readonly kind: 'invoice' | 'credit_note';
  readonly organizationId: string;
  readonly id: string;
}

export interface AttachedFile {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/** Writes a file; undefined if the document no longer exists. */
type AttachmentWriter = (attachment: MailAttachment) => Promise<AttachedFile | undefined>;

/** Writes the files that are attached to mails. The module that has the documents says how. */
@Injectable()
export class MailAttachmentsService {
  #write: AttachmentWriter = () => Promise.resolve(undefined);

  use(write: AttachmentWriter): void {
    this.#write = write;
  }

  async write(attachment: MailAttachment | undefined): Promise<AttachedFile[]> {
    const file = attachment === undefined ? undefined : await this.#write(attachment);
    return file === undefined ? [] : [file];
  }
}
