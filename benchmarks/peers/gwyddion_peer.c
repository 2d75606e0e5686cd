/* The grains of a height map, as Gwyddion's library sees them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * This one file is linked with Gwyddion's libraries, which are under the GPL, version 2 or later;
 * so is this file. It is built on demand for the side-by-side validation, runs in a process of its
 * own, and is no part of the cicatrix package (Apache-2.0), which never loads it.
 *
 *   gwyddion_peer MAP.raw COLUMNS ROWS PITCH_MM < recipes > grains
 *
 * MAP.raw holds doubles in the order of the machine, row by row, in mm. Each line of standard input
 * is a recipe: METHOD DEGREE SIGMA_MM LEVEL_MM LEAST_MM2, METHOD being "threshold" or "watershed".
 * The map is levelled with a polynomial of all terms up to DEGREE, marked where it differs by more
 * than LEVEL_MM, levelled again without what is marked, smoothed, and marked again. The answer is
 * one line for each grain: number of the recipe, sign (1 a hollow, -1 a rise), x and y of the
 * centre in mm, depth in the levelled map, depth in the smoothed one, projected area, area above
 * half depth, volume over level zero, volume over the Laplacian background.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libgwyddion/gwyddion.h>
#include <libprocess/gwyprocess.h>

enum { MOST_TERMS = 128, QUANTITIES = 7 };

static const GwyGrainQuantity wanted[QUANTITIES] = {
    GWY_GRAIN_VALUE_CENTER_X, GWY_GRAIN_VALUE_CENTER_Y, GWY_GRAIN_VALUE_MAXIMUM,
    GWY_GRAIN_VALUE_PROJECTED_AREA, GWY_GRAIN_VALUE_HALF_HEIGHT_AREA, GWY_GRAIN_VALUE_VOLUME_0,
    GWY_GRAIN_VALUE_VOLUME_LAPLACE,
};

typedef struct {
    char method[16];
    int degree;
    double sigma_mm, level_mm, least_mm2;
} Recipe;

static void subtract_polynomial(GwyDataField *field, GwyDataField *mask, int degree)
{
    int powers[2 * MOST_TERMS], terms = 0;
    for (int i = 0; i <= degree; i++)
        for (int j = 0; i + j <= degree; j++, terms++) {
            powers[2 * terms] = i;
            powers[2 * terms + 1] = j;
        }
    double *coefficients = gwy_data_field_fit_poly(field, mask, terms, powers, TRUE, NULL);
    gwy_data_field_subtract_poly(field, terms, powers, coefficients);
    g_free(coefficients);
}

/* What stands higher than level, which gwy_data_field_grains_mark_height wants in percent. */
static void mark_above(GwyDataField *field, GwyDataField *mask, double level)
{
    double low, high;
    gwy_data_field_get_min_max(field, &low, &high);
    gwy_data_field_grains_mark_height(field, mask, 100.0 * (level - low) / (high - low), FALSE);
}

static GwyDataField *smoothed(GwyDataField *field, double sigma_mm, double pitch_mm)
{
    GwyDataField *copy = gwy_data_field_duplicate(field);
    if (sigma_mm > 0)
        gwy_data_field_filter_gaussian(copy, sigma_mm / pitch_mm);
    return copy;
}

static void tell_grains(GwyDataField *up, GwyDataField *smooth, GwyDataField *mask, int recipe,
                        int sign)
{
    int *grains = g_new0(int, gwy_data_field_get_xres(up) * gwy_data_field_get_yres(up));
    int count = gwy_data_field_number_grains(mask, grains);
    double *values[QUANTITIES], *smooth_top;
    for (int i = 0; i < QUANTITIES; i++)
        values[i] = gwy_data_field_grains_get_values(up, NULL, count, grains, wanted[i]);
    smooth_top = gwy_data_field_grains_get_values(smooth, NULL, count, grains,
                                                  GWY_GRAIN_VALUE_MAXIMUM);
    for (int g = 1; g <= count; g++)
        printf("%d\t%d\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\n", recipe, sign,
               values[0][g], values[1][g], values[2][g], smooth_top[g], values[3][g], values[4][g],
               values[5][g], values[6][g]);
    for (int i = 0; i < QUANTITIES; i++)
        g_free(values[i]);
    g_free(smooth_top);
    g_free(grains);
}

static void one_side(GwyDataField *field, const Recipe *recipe, int number, int sign,
                     double pitch_mm)
{
    GwyDataField *up = gwy_data_field_duplicate(field);
    GwyDataField *mask = gwy_data_field_new_alike(field, TRUE);
    gwy_data_field_multiply(up, -sign);
    GwyDataField *smooth = smoothed(up, recipe->sigma_mm, pitch_mm);
    mark_above(smooth, mask, recipe->level_mm);
    if (!strcmp(recipe->method, "watershed")) {
        GwyDataField *basins = gwy_data_field_new_alike(field, TRUE);
        /* The steps that Gwyddion's own dialogue begins with; its drops are shares of the range. */
        double low, high;
        gwy_data_field_get_min_max(smooth, &low, &high);
        double drop = (high - low) / 5000.0;
        gwy_data_field_grains_mark_watershed(smooth, basins, 10, 10, 10 * drop, 20, 20 * drop,
                                             FALSE, FALSE);
        gwy_data_field_grains_intersect(mask, basins);
        g_object_unref(basins);
    }
    gwy_data_field_grains_remove_by_size(mask, (int)(recipe->least_mm2 / (pitch_mm * pitch_mm)));
    tell_grains(up, smooth, mask, number, sign);
    g_object_unref(smooth);
    g_object_unref(mask);
    g_object_unref(up);
}

/* Both sides marked, and the rest levelled anew. */
static void level_again(GwyDataField *field, const Recipe *recipe, double pitch_mm)
{
    GwyDataField *smooth = smoothed(field, recipe->sigma_mm, pitch_mm);
    GwyDataField *mask = gwy_data_field_new_alike(field, TRUE);
    GwyDataField *below = gwy_data_field_new_alike(field, TRUE);
    mark_above(smooth, mask, recipe->level_mm);
    gwy_data_field_multiply(smooth, -1.0);
    mark_above(smooth, below, recipe->level_mm);
    gwy_data_field_grains_add(mask, below);
    subtract_polynomial(field, mask, recipe->degree);
    g_object_unref(below);
    g_object_unref(mask);
    g_object_unref(smooth);
}

int main(int count, char **words)
{
    if (count != 5) {
        fprintf(stderr, "gwyddion_peer MAP.raw COLUMNS ROWS PITCH_MM < recipes\n");
        return 2;
    }
    int columns = atoi(words[2]), rows = atoi(words[3]);
    double pitch_mm = atof(words[4]);
    gwy_process_type_init();
    GwyDataField *map = gwy_data_field_new(columns, rows, columns * pitch_mm, rows * pitch_mm,
                                           FALSE);
    size_t samples = (size_t)columns * rows;
    FILE *file = fopen(words[1], "rb");
    if (!file || fread(gwy_data_field_get_data(map), sizeof(double), samples, file) != samples) {
        fprintf(stderr, "gwyddion_peer: %s does not hold %zu samples\n", words[1], samples);
        return 1;
    }
    fclose(file);
    Recipe recipe;
    for (int number = 0; scanf("%15s %d %lf %lf %lf", recipe.method, &recipe.degree,
                               &recipe.sigma_mm, &recipe.level_mm, &recipe.least_mm2) == 5;
         number++) {
        GwyDataField *field = gwy_data_field_duplicate(map);
        subtract_polynomial(field, NULL, recipe.degree);
        level_again(field, &recipe, pitch_mm);
        level_again(field, &recipe, pitch_mm);
        one_side(field, &recipe, number, 1, pitch_mm);
        one_side(field, &recipe, number, -1, pitch_mm);
        g_object_unref(field);
    }
    g_object_unref(map);
    return 0;
}
