import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { Catalog } from '../../config/catalog/catalog.js';
import { tenantSchema } from '../../generated/tenant-schema.js';
import { emitsEventsKey, type EventSource, type ReadableEventType } from './event-source.js';
import { directEvents, platformSources } from './platform-events.js';

/** Knows every type of event: those of the platform, and those of every provider with `@EmitsEvents`. */
@Injectable()
export class EventTypesService implements OnModuleInit {
  #found: { readonly sources: ReadonlyMap<string, EventSource>; readonly types: ReadonlyMap<string, ReadableEventType> } | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
    private readonly catalog: Catalog,
  ) {}

  /** Fails when the catalog does not define the permission of a type: nobody could read its events. */
  onModuleInit(): void {
    for (const [name, { permission }] of this.types)
      if (!this.catalog.permissions.has(permission)) throw new Error(`Events ${name} require the permission ${permission}, which the catalog does not define.`);
  }

  /** The types of all events, by name. */
  get types(): ReadonlyMap<string, ReadableEventType> {
    return this.#all().types;
  }

  /** Returns the types whose events a caller with these permissions can read. */
  readableWith(permissions: ReadonlySet<string>): string[] {
    return [...this.types].flatMap(([name, { permission }]) => (permissions.has(permission) ? [name] : []));
  }

  /** Returns the permissions with which the events of these types can be read. A type that no longer exists requires none: it has no events. */
  permissionsOf(types: readonly string[]): string[] {
    return types.flatMap((name) => this.types.get(name)?.permission ?? []);
  }

  /** Returns the source of the events of a table; undefined when its changes are no events. */
  sourceOf(table: string): EventSource | undefined {
    return this.#all().sources.get(table);
  }

  #all(): { readonly sources: ReadonlyMap<string, EventSource>; readonly types: ReadonlyMap<string, ReadableEventType> } {
    return (this.#found ??= this.#find());
  }

  #find(): { readonly sources: ReadonlyMap<string, EventSource>; readonly types: ReadonlyMap<string, ReadableEventType> } {
    const sources = new Map<string, EventSource>();
    const types = new Map(Object.entries(directEvents));
    for (const source of new Set([...platformSources, ...this.#declared()])) {
      const table = tenantSchema[source.model]?.table;
      if (table === undefined) throw new Error(`There is no model ${source.model}: its changes cannot be events.`);
      if (sources.has(table)) throw new Error(`The events of the table ${table} are declared twice.`);
      sources.set(table, source);
      for (const [name, type] of Object.entries(source.types)) {
        if (types.has(name)) throw new Error(`The event ${name} is declared twice.`);
        types.set(name, { ...type, permission: source.permission });
      }
    }
    return { sources, types: new Map([...types].sort(([a], [b]) => a.localeCompare(b))) };
  }

  #declared(): EventSource[] {
    return this.discovery.getProviders().flatMap(({ metatype }) => {
      const source = typeof metatype === 'function' ? this.reflector.get<EventSource | undefined>(emitsEventsKey, metatype) : undefined;
      return source === undefined ? [] : [source];
    });
  }
}
