package io.coppice.supervisor.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class ChildMarkTest {
    @Test
    void shouldTellOnlyTheChildrenOfOneInstance() {
        assertEquals("COPPICE_CHILD=/run/coppice/shop/web", ChildMark.entry("/run/coppice/shop", "web"));
        assertEquals("web", ChildMark.childIn("COPPICE_CHILD=/run/coppice/shop/web", "/run/coppice/shop"));
        assertEquals("web.1@2", ChildMark.childIn("COPPICE_CHILD=/run/coppice/shop/web.1@2", "/run/coppice/shop"));
        assertNull(ChildMark.childIn("COPPICE_CHILD=/run/coppice/shop/web", "/run/coppice/sho"));
        assertNull(ChildMark.childIn("COPPICE_CHILD=/run/coppice/shop2/web", "/run/coppice/shop"));
        assertNull(ChildMark.childIn("COPPICE_CHILD=/run/coppice/shop/web/x", "/run/coppice/shop"));
        assertNull(ChildMark.childIn("COPPICE_CHILD=/run/coppice/shop/", "/run/coppice/shop"));
        assertNull(ChildMark.childIn("COPPICE_CHILDREN=/run/coppice/shop/web", "/run/coppice/shop"));
    }
}
