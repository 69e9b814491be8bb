/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/card_sheet.h"

#include "base/text.h"
#include "cli/qr.h"

#include <stdio.h>

/* A card is 95 mm by 66 mm; two by four of them lie in the middle of 210 mm by 297 mm. The cut
 * marks stand outside of the cards, so that nothing of them stays on a card. */
static const char head[] =
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<style>\n"
    "@page{size:A4 portrait;margin:0}\n"
    "*{box-sizing:border-box;margin:0;padding:0}\n"
    "html{-webkit-print-color-adjust:exact;print-color-adjust:exact}\n"
    "body{font-family:\"Noto Sans CJK SC\",\"Source Han Sans SC\",\"WenQuanYi Micro Hei\","
    "\"PingFang SC\",\"Microsoft YaHei\",sans-serif;color:#000}\n"
    ".sheet{position:relative;width:210mm;height:297mm;padding:16.5mm 10mm;display:grid;"
    "grid-template-columns:95mm 95mm;grid-template-rows:repeat(4,66mm);overflow:hidden;"
    "break-after:page}\n"
    ".sheet:last-of-type{break-after:auto}\n"
    ".marks{position:absolute;left:0;top:0;width:210mm;height:297mm}\n"
    ".card{position:relative;padding:4mm;overflow:hidden;display:flex;flex-direction:column;"
    "font-size:9.5pt;line-height:1.25}\n"
    ".card h1{font-size:10pt;text-align:center;border-bottom:.4mm solid #b00;color:#b00;"
    "padding-bottom:1mm;margin-bottom:1.5mm;line-height:1.15}\n"
    ".who{display:flex;justify-content:space-between}\n"
    ".who dl{flex:1;min-width:0;display:grid;grid-template-columns:max-content 1fr;"
    "column-gap:1.5mm;align-content:start}\n"
    ".who dt{color:#555}\n"
    ".who dd,.units li{overflow-wrap:anywhere;min-width:0}\n"
    ".who b{font-size:1.1em}\n"
    ".qr{width:20mm;text-align:center;font-size:6pt;line-height:1.15;margin-left:2mm}\n"
    ".qr svg{display:block;width:20mm;height:20mm}\n"
    ".units{list-style:none;columns:2;column-gap:3mm;border-top:.2mm solid #999;margin-top:1mm;"
    "padding-top:1mm;font-size:7pt;line-height:1.3}\n"
    ".units li{break-inside:avoid}\n"
    ".foot{margin-top:auto;display:flex;justify-content:space-between;font-size:5.5pt;"
    "color:#555}\n"
    ".long{font-size:7.5pt}.longer{font-size:6.2pt;line-height:1.15}\n"
    ".long .units{font-size:5.8pt}.longer .units{font-size:5pt;line-height:1.15}\n"
    "@media screen{body{background:#888}.sheet{background:#fff;margin:4mm auto}}\n"
    "</style>\n";

enum label {
    LABEL_TITLE,
    LABEL_NAME,
    LABEL_UNIT,
    LABEL_POST,
    LABEL_PHONE,
    LABEL_SUPERVISION,
    LABEL_SCAN,
    LABEL_HOUSEHOLD,
    LABEL_EDITION,
    LABEL_COUNT
};

static const char *const labels[LANGUAGE_COUNT][LABEL_COUNT] = {
    [LANGUAGE_ZH] = {[LABEL_TITLE] = "党员干部联户亲情卡",
                     [LABEL_NAME] = "联户干部",
                     [LABEL_UNIT] = "工作单位",
                     [LABEL_POST] = "职　　务",
                     [LABEL_PHONE] = "联系电话",
                     [LABEL_SUPERVISION] = "监督电话",
                     [LABEL_SCAN] = "扫码拨打监督电话",
                     [LABEL_HOUSEHOLD] = "联系户",
                     [LABEL_EDITION] = "版次"},
    [LANGUAGE_EN] = {[LABEL_TITLE] = "Your contact card",
                     [LABEL_NAME] = "Cadre",
                     [LABEL_UNIT] = "Unit",
                     [LABEL_POST] = "Post",
                     [LABEL_PHONE] = "Telephone",
                     [LABEL_SUPERVISION] = "Supervision",
                     [LABEL_SCAN] = "Scan to call the supervision line",
                     [LABEL_HOUSEHOLD] = "Household",
                     [LABEL_EDITION] = "Edition"},
};

static const char *const language_tags[LANGUAGE_COUNT] = {
    [LANGUAGE_ZH] = "zh-CN", [LANGUAGE_EN] = "en"};

/* ---- texts ---------------------------------------------------------------------------------- */

/* Nothing that comes from the register or the configuration can become markup. */
static void append_escaped(struct buf *out, struct bytes text)
{
    static const char *const entities[256] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = entities[text.p[i]];
        if (entity != NULL) {
            buf_append_string(out, entity);
        } else if (text.p[i] >= ' ') {
            buf_append_u8(out, text.p[i]);
        } else {
            buf_append_u8(out, ' ');
        }
    }
}

static const char *label(const struct card_sheet *sheet, enum label which)
{
    return labels[sheet->language][which];
}

static void append_field(struct card_sheet *sheet, enum label which, struct bytes text,
                         bool is_strong)
{
    struct buf *out = &sheet->out;
    if (text.len == 0) {
        return;
    }
    buf_append_format(out, "<dt>%s</dt><dd>%s", label(sheet, which), is_strong ? "<b>" : "");
    append_escaped(out, text);
    buf_append_string(out, is_strong ? "</b></dd>" : "</dd>");
}

/* ---- the page ------------------------------------------------------------------------------- */

/* Short lines where the edges of the cards meet the margin. */
static void append_marks(struct buf *out)
{
    static const double columns_mm[] = {10, 105, 200};
    static const double rows_mm[] = {16.5, 82.5, 148.5, 214.5, 280.5};
    buf_append_string(out, "<symbol id=\"marks\" viewBox=\"0 0 210 297\"><path fill=\"none\" "
                           "stroke=\"#000\" stroke-width=\".15\" d=\"");
    for (size_t i = 0; i < sizeof columns_mm / sizeof columns_mm[0]; i++) {
        buf_append_format(out, "M%.1f 9v5M%.1f 283v5", columns_mm[i], columns_mm[i]);
    }
    for (size_t i = 0; i < sizeof rows_mm / sizeof rows_mm[0]; i++) {
        buf_append_format(out, "M3 %.1fh5M202 %.1fh5", rows_mm[i], rows_mm[i]);
    }
    buf_append_string(out, "\"/></symbol>\n");
}

/* "tel:" and the digits alone (RFC 3966). */
static void format_tel(const char *phone, char *text, size_t size)
{
    size_t len = (size_t)snprintf(text, size, "tel:");
    for (; *phone != '\0' && len + 1 < size; phone++) {
        if ((*phone >= '0' && *phone <= '9') || *phone == '+') {
            text[len++] = *phone;
        }
    }
    text[len] = '\0';
}

enum status card_sheet_begin(struct card_sheet *sheet, enum language language,
                             const struct card_reply *reply, struct err *err)
{
    char tel[48];
    *sheet = (struct card_sheet){.language = language};
    (void)snprintf(sheet->street, sizeof sheet->street, "%.*s", BYTES_FMT(reply->street));
    (void)snprintf(sheet->phone, sizeof sheet->phone, "%.*s", BYTES_FMT(reply->supervision_phone));
    struct buf *out = &sheet->out;
    buf_append_format(out,
                      "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<title>",
                      language_tags[language]);
    append_escaped(out, bytes_of_string(sheet->street));
    buf_append_format(out, " %s</title>\n%s</head>\n<body>\n", label(sheet, LABEL_TITLE), head);
    buf_append_string(out, "<svg width=\"0\" height=\"0\" style=\"position:absolute\" "
                           "aria-hidden=\"true\">\n");
    append_marks(out);
    format_tel(sheet->phone, tel, sizeof tel);
    enum status st = qr_append_symbol(out, "qr", tel, err);
    buf_append_string(out, "</svg>\n");
    return st;
}

/* How wide the texts are decides how large they can be; a Chinese character counts as two. */
static const char *size_class(const struct card_part *card, size_t contacts_width)
{
    size_t width = text_width(card->name) + text_width(card->unit) + text_width(card->post);
    if (width > 200 || contacts_width > 560) {
        return " longer";
    }
    return width > 90 || contacts_width > 330 ? " long" : "";
}

static size_t measure_contacts(const struct list *contacts)
{
    struct list_cursor cursor = list_begin(contacts);
    struct card_contact_part contact;
    size_t width = 0;
    while (list_next_message(&cursor, &card_contact_part_type, &contact)) {
        width += text_width(contact.unit) + text_width(contact.person) + contact.phone.len + 2;
    }
    return width;
}

static void append_who(struct card_sheet *sheet, const struct card_part *card)
{
    struct buf *out = &sheet->out;
    buf_append_string(out, "<div class=\"who\"><dl>");
    append_field(sheet, LABEL_NAME, card->name, true);
    append_field(sheet, LABEL_UNIT, card->unit, false);
    append_field(sheet, LABEL_POST, card->post, false);
    append_field(sheet, LABEL_PHONE, card->phone, true);
    append_field(sheet, LABEL_SUPERVISION, bytes_of_string(sheet->phone), true);
    buf_append_format(out, "</dl><div class=\"qr\"><svg><use href=\"#qr\"/></svg>%s</div></div>\n",
                      label(sheet, LABEL_SCAN));
}

static void append_contacts(struct card_sheet *sheet, const struct list *contacts)
{
    struct buf *out = &sheet->out;
    struct list_cursor cursor = list_begin(contacts);
    struct card_contact_part contact;
    buf_append_string(out, "<ul class=\"units\">");
    while (list_next_message(&cursor, &card_contact_part_type, &contact)) {
        const struct bytes parts[] = {contact.unit, contact.person, contact.phone};
        buf_append_string(out, "<li>");
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            buf_append_string(out, i != 0 && parts[i].len != 0 ? " " : "");
            append_escaped(out, parts[i]);
        }
        buf_append_string(out, "</li>");
    }
    buf_append_string(out, "</ul>\n");
}

static void end_sheet(struct card_sheet *sheet)
{
    buf_append_string(&sheet->out,
                      "<svg class=\"marks\"><use href=\"#marks\"/></svg>\n</section>\n");
}

void card_sheet_add(struct card_sheet *sheet, const struct card_part *card,
                    const struct list *contacts)
{
    struct buf *out = &sheet->out;
    if (sheet->cards % CARDS_PER_SHEET == 0) {
        if (sheet->cards != 0) {
            end_sheet(sheet);
        }
        buf_append_string(out, "<section class=\"sheet\">\n");
    }
    sheet->cards++;
    buf_append_format(out, "<article class=\"card%s\">\n<h1>",
                      size_class(card, measure_contacts(contacts)));
    append_escaped(out, bytes_of_string(sheet->street));
    buf_append_format(out, " %s</h1>\n", label(sheet, LABEL_TITLE));
    append_who(sheet, card);
    append_contacts(sheet, contacts);
    buf_append_format(out, "<div class=\"foot\"><span>%s ", label(sheet, LABEL_HOUSEHOLD));
    append_escaped(out, card->household);
    buf_append_string(out, " ");
    append_escaped(out, card->head);
    buf_append_format(out, "</span><span>%s ", label(sheet, LABEL_EDITION));
    append_escaped(out, card->edition);
    buf_append_string(out, "</span></div>\n</article>\n");
}

void card_sheet_end(struct card_sheet *sheet)
{
    if (sheet->cards != 0) {
        end_sheet(sheet);
    }
    buf_append_string(&sheet->out, "</body>\n</html>\n");
}

void card_sheet_done(struct card_sheet *sheet)
{
    buf_done(&sheet->out);
}
