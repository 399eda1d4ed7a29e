import { MalformedRequestError, type FieldError } from '../../../common/errors/app-error.js';
import { CloudEventsBody } from '../../../common/http/bodies/cloud-events-body.js';
import { jsonBytes } from '../../../common/http/fields.js';
import { parseJsonBody } from '../../../common/http/bodies/json-body.js';
import { isJsonObject, pointerPart } from '../../../common/http/bodies/json.js';
import { hasHiddenCharacters } from '../../../common/text/readable-text.js';
import { maxMetadataBytes, maxUnits } from '../metering/units.js';
import { cloudEventKey } from '../metering/event-key.js';
import type { EventField } from '../usage.errors.js';
import type { PlacedEvent, ReportedBatch, ReportedEvent } from './event-recording.service.js';
import { parseTime, timeExample } from '../../../common/times.js';

const maxEvents = 1000;
/** The largest `id`, `source` and `subject`, in bytes of UTF-8. They are parts of keys of the database, which bounds them. */
const maxAttributeBytes = 1024;

/** The specification forbids control characters, non-characters and unpaired surrogates in texts. */
const notAttributeText = /[\p{Cc}\p{Noncharacter_Code_Point}\p{Cs}]/u;
const attributeName = /^[a-z0-9]+$/;
const absoluteUri = /^[a-z][a-z0-9+.-]*:\S*$/i;
const jsonType = /^[\w.!#$&^-]+\/([\w.!#$&^-]+\+)?json$/i;

/** The attributes and the data of an event in any of the three modes. */
interface RawEvent {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Undefined when the event has none. */
  readonly data: unknown;
}

interface Fault {
  /** The attribute, or a path in the data. */
  readonly place: `/${string}`;
  readonly code: string;
  readonly message: string;
}

class Unreadable extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

const refuse = (place: `/${string}`, code: string, message: string): never => {
  throw new Unreadable({ place, code, message });
};

/** Returns the text of an attribute; undefined when it is unset. `null` stands for unset. */
function textOf({ attributes }: RawEvent, name: string): string | undefined {
  const value = attributes[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') return refuse(`/${name}`, 'invalid_attribute', `${name} must be a text that is not empty`);
  if (notAttributeText.test(value)) return refuse(`/${name}`, 'invalid_attribute', `${name} must not contain control characters and non-characters`);
  return value;
}

/** Refuses what nobody sees in a text that identifies an event or a subject. */
function visibleTextOf(value: string, name: string): string {
  if (value === '' || hasHiddenCharacters(value)) refuse(`/${name}`, 'invalid_attribute', `${name} must be one line of visible characters`);
  return boundedTextOf(value, name);
}

function requiredTextOf(event: RawEvent, name: string): string {
  return textOf(event, name) ?? refuse(`/${name}`, 'attribute_required', `${name} is required`);
}

function boundedTextOf(value: string, name: string): string {
  if (Buffer.byteLength(value) > maxAttributeBytes) refuse(`/${name}`, 'attribute_too_long', `${name} must have at most ${maxAttributeBytes} bytes`);
  return value;
}

function timeOf(event: RawEvent): Date | undefined {
  const time = textOf(event, 'time');
  if (time === undefined) return undefined;
  return parseTime(time) ?? refuse('/time', 'invalid_attribute', `time must be ${timeExample}`);
}

function refuseOtherAttributes({ attributes }: RawEvent): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (!attributeName.test(name)) refuse(`/${pointerPart(name)}`, 'invalid_attribute_name', 'the name of an attribute has lower-case letters and digits only');
    if (typeof value === 'object' && value !== null) refuse(`/${name}`, 'invalid_attribute', `${name} must be a text, a number or a boolean`);
  }
}

interface EventData {
  readonly quantity: number;
  readonly corrects: string | undefined;
  readonly metadata: object | undefined;
}

function dataOf({ data }: RawEvent): EventData {
  if (data === undefined || data === null) return { quantity: 1, corrects: undefined, metadata: undefined };
  if (!isJsonObject(data)) return refuse('/data', 'invalid_data', 'data must be an object with quantity, corrects and metadata');
  const { quantity, corrects, metadata, ...others } = data;
  const [other] = Object.keys(others);
  if (other !== undefined) refuse(`/data/${pointerPart(other)}`, 'unknown_field', `${other} is not a known field. Send other data in metadata`);
  return { quantity: quantityOf(quantity ?? 1), corrects: correctsOf(corrects ?? undefined), metadata: metadataOf(metadata ?? undefined) };
}

function quantityOf(quantity: unknown): number {
  if (typeof quantity === 'number' && Math.abs(quantity) <= maxUnits) return quantity;
  return refuse('/data/quantity', 'invalid_data', `quantity must be a number from ${-maxUnits} to ${maxUnits}`);
}

function correctsOf(corrects: unknown): string | undefined {
  if (corrects === undefined || (typeof corrects === 'string' && corrects !== '' && !notAttributeText.test(corrects))) return corrects;
  return refuse('/data/corrects', 'invalid_data', 'corrects must be the id of an event of the same source');
}

function metadataOf(metadata: unknown): object | undefined {
  if (metadata === undefined) return undefined;
  if (!isJsonObject(metadata)) return refuse('/data/metadata', 'invalid_data', 'metadata must be an object');
  if (jsonBytes(metadata) > maxMetadataBytes) return refuse('/data/metadata', 'invalid_data', `metadata must be at most ${maxMetadataBytes} bytes as JSON`);
  return metadata;
}

/** @throws {Unreadable} */
function reportedEvent(event: RawEvent): ReportedEvent {
  if (event.attributes['specversion'] !== '1.0') refuse('/specversion', 'unsupported_specversion', 'specversion must be 1.0');
  const source = visibleTextOf(requiredTextOf(event, 'source'), 'source');
  const id = visibleTextOf(requiredTextOf(event, 'id'), 'id');
  const meter = requiredTextOf(event, 'type');
  const subject = textOf(event, 'subject')?.trim().normalize('NFC');
  if (!absoluteUri.test(textOf(event, 'dataschema') ?? 'none:')) refuse('/dataschema', 'invalid_attribute', 'dataschema must be an absolute URI');
  const occurredAt = timeOf(event);
  refuseOtherAttributes(event);
  const { quantity, corrects, metadata } = dataOf(event);
  return {
    id: cloudEventKey(source, id),
    meter,
    quantity,
    occurredAt,
    subject: subject === undefined ? undefined : visibleTextOf(subject, 'subject'),
    corrects: corrects === undefined ? undefined : cloudEventKey(source, corrects),
    metadata,
  };
}

const isSet = (member: unknown): boolean => member !== undefined && member !== null;

/** The JSON format: attributes and data are members of one object. */
function fromJson(value: unknown): RawEvent {
  if (!isJsonObject(value)) return refuse('/', 'invalid_event', 'an event must be an object');
  const { data, data_base64: encoded, ...attributes } = value;
  const [hasData, isEncoded] = [isSet(data), isSet(encoded)];
  if (hasData && isEncoded) return refuse('/data_base64', 'invalid_data', 'an event has data or data_base64, not both');
  if (hasData || isEncoded) refuseOtherTypes(attributes['datacontenttype'] ?? undefined);
  return { attributes, data: isEncoded ? decoded(encoded) : data };
}

/** Encoded data is read as a body is: what could not be stored, or would be changed, is refused. */
function decoded(encoded: unknown): unknown {
  try {
    const data = typeof encoded === 'string' && /^[\w+/-]+={0,2}$/.test(encoded) ? parseJsonBody(Buffer.from(encoded, 'base64')) : undefined;
    if (data !== undefined) return data;
  } catch (error) {
    if (!(error instanceof MalformedRequestError)) throw error;
  }
  return refuse('/data_base64', 'invalid_data', 'data_base64 must be JSON that a body could have, in UTF-8, encoded with Base64');
}

/** An event without a content type has data in the format of the event, JSON. */
function refuseOtherTypes(contentType: unknown): void {
  const [type = ''] = typeof contentType === 'string' ? contentType.split(';') : [];
  if (contentType !== undefined && !jsonType.test(type.trim()))
    refuse('/datacontenttype', 'unsupported_datacontenttype', 'datacontenttype must be a type of JSON, such as application/json');
}

/** Characters that section 3.1.3.2 of the HTTP binding requires to be encoded. Node.js reads each byte as a character. */
const notHeaderText = /[^ -~]/;

/**
 * Decodes the value of a header: first double quotes, which older producers use (RFC 9110, section 5.6.4), then percent signs.
 * A percent sign that begins no code stands for itself.
 *
 * @throws {URIError} when the codes are not UTF-8, or a character is not encoded, so that its encoding is unknown
 */
function decodedHeader(text: string): string {
  if (notHeaderText.test(text)) throw new URIError('not encoded');
  const unquoted = /^".*"$/.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;
  return decodeURIComponent(unquoted.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'));
}

/** HTTP binding, section 3.1: attributes are headers. */
function fromHeaders({ headers, value }: CloudEventsBody): RawEvent {
  const attributes: Record<string, unknown> = {};
  for (const [header, text] of Object.entries(headers)) {
    if (!header.startsWith('ce-') || typeof text !== 'string') continue;
    const name = header.slice('ce-'.length);
    try {
      attributes[name] = decodedHeader(text);
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      refuse(`/${name}`, 'invalid_attribute', `${name} must be encoded as UTF-8 with percent signs`);
    }
  }
  return { attributes, data: value };
}

/** The place of each field of an event in a CloudEvent. */
const placeOfField: Readonly<Record<EventField, `/${string}`>> = {
  id: '/id',
  meter: '/type',
  quantity: '/data/quantity',
  occurredAt: '/time',
  subject: '/subject',
  corrects: '/data/corrects',
};

/** Returns the pointer to a place of an event: into the body, or `/` and the name of a header. */
function pointerTo({ mode }: CloudEventsBody, index: number, place: string): string {
  if (mode === 'batch') return place === '/' ? `/${index}` : `/${index}${place}`;
  if (mode === 'structured') return place === '/' ? '' : place;
  return place === '/data' || place.startsWith('/data/') ? place.slice('/data'.length) : `/ce-${place.slice(1)}`;
}

/**
 * Reads CloudEvents 1.0 as usage events: `type` is the meter, `data.quantity` the quantity, `time` the time of the event.
 * Extension attributes are accepted and not stored. Each event of a batch is read by itself.
 *
 * @throws {MalformedRequestError} when the body is not an event or a list of events
 */
export function readCloudEvents(body: CloudEventsBody): ReportedBatch {
  const sent = body.mode === 'batch' ? body.value : [body.value];
  if (!Array.isArray(sent)) throw new MalformedRequestError('The body must be a JSON array of CloudEvents.');
  if (sent.length > maxEvents) throw new MalformedRequestError(`The body must have at most ${maxEvents} events.`, [], 'validation_failed');
  if (body.mode === 'structured' && !isJsonObject(body.value)) throw new MalformedRequestError('The body must be a CloudEvent, as a JSON object.');
  const read = (event: unknown): RawEvent => (body.mode === 'binary' ? fromHeaders(body) : fromJson(event));
  const events: PlacedEvent[] = [];
  const refused: FieldError[] = [];
  for (const [index, each] of (sent as readonly unknown[]).entries()) {
    try {
      events.push({ ...reportedEvent(read(each)), index });
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      refused.push({ pointer: pointerTo(body, index, error.fault.place), code: error.fault.code, message: error.fault.message });
    }
  }
  return { events, refused, eachByItself: true, pointerTo: ({ index }, field) => pointerTo(body, index, placeOfField[field]) };
}
