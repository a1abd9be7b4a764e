/* SPDX-License-Identifier: Apache-2.0 */
/* show_volume.c - what volumes have been given, and what claims have of theirs. */
#include <stdio.h>
#include <string.h>

#include "api/show.h"
#include "engine/cluster/binder.h"

static void put_modes(struct api_show *s, const char *path, uint8_t modes)
{
    static const struct {
        uint8_t bit;
        const char *name;
    } mode[] = {{ST_ACCESS_RWO, "\"ReadWriteOnce\""},
                {ST_ACCESS_ROX, "\"ReadOnlyMany\""},
                {ST_ACCESS_RWX, "\"ReadWriteMany\""},
                {ST_ACCESS_RWOP, "\"ReadWriteOncePod\""}};
    char text[128];
    struct rx_text t = rx_text_in(text, sizeof(text));

    for (size_t i = 0; i < RX_ARRAY_LEN(mode); i++) {
        if ((modes & mode[i].bit) == 0)
            continue;
        rx_text_puts(&t, t.length > 0 ? "," : "[");
        rx_text_puts(&t, mode[i].name);
    }
    rx_text_puts(&t, t.length > 0 ? "]" : "[]");
    rx_text_end(&t);
    api_show_put(s, path, "%s", text);
}

static void put_size(struct api_show *s, const char *path, const struct st_quantity *size)
{
    char text[ST_QUANTITY_TEXT];

    st_quantity_text(size, text);
    api_show_text(s, path, text);
}

/* One that a class has made; all others say so in their documents. */
void api_show_volume(struct api_show *s, const struct st_object *o)
{
    const struct st_volume_spec *v = cluster_volume_spec(o);

    put_size(s, "spec.capacity.storage", &v->size);
    put_modes(s, "spec.accessModes", v->modes);
    api_show_text(s, "spec.persistentVolumeReclaimPolicy", v->deletes ? "Delete" : "Retain");
    api_show_text(s, "spec.storageClassName", v->class_name != NULL ? v->class_name : "");
    api_show_text(s, "spec.volumeMode", v->block ? "Block" : "Filesystem");
}

/* The default class is written into a claim that names none. Bound it is as large as its volume,
 * and may be mounted as that may be. */
void api_show_claim(struct api_show *s, const struct st_object *o)
{
    const struct pod_claim *claim = rx_container_of(o, struct pod_claim, object);
    const char *class_ = cluster_claim_class(&s->ring->cluster, claim->spec);

    if (class_[0] != '\0')
        api_show_text(s, "spec.storageClassName", class_);
    if (claim->bound_to != NULL) {
        put_size(s, "status.capacity.storage", &cluster_volume_spec(claim->bound_to)->size);
        put_modes(s, "status.accessModes", cluster_volume_spec(claim->bound_to)->modes);
    } else if (!claim->unbound && claim->spec != NULL) {
        put_size(s, "status.capacity.storage", &claim->spec->size);
        put_modes(s, "status.accessModes", claim->spec->modes);
    }
}
