import os
import numpy as np
from keras.models import Model
from keras.layers import Input, merge, Convolution2D, MaxPooling2D, UpSampling2D
from keras.layers import Dropout
from keras.optimizers import Adam
from keras.callbacks import ModelCheckpoint
from keras import backend as K

img_rows = 48
img_cols = 64

smooth = 1.


def dice_coef(y_true, y_pred):
    y_true_f = K.flatten(y_true)
    y_pred_f = K.flatten(y_pred)
    intersection = K.sum(y_true_f * y_pred_f)
    return (2. * intersection + smooth) / (K.sum(y_true_f) + K.sum(y_pred_f) + smooth)


def dice_coef_loss(y_true, y_pred):
    return -dice_coef(y_true, y_pred)


def get_unet():
    inputs = Input((1, img_rows, img_cols))
    conv1 = Convolution2D(8, 3, 3, activation='relu', border_mode='same')(inputs)
    conv1 = Convolution2D(8, 3, 3, activation='relu', border_mode='same')(conv1)
    pool1 = MaxPooling2D(pool_size=(2, 2))(conv1)

    conv2 = Convolution2D(16, 3, 3, activation='relu', border_mode='same')(pool1)
    conv2 = Convolution2D(16, 3, 3, activation='relu', border_mode='same')(conv2)
    pool2 = MaxPooling2D(pool_size=(2, 2))(conv2)

    conv3 = Convolution2D(32, 3, 3, activation='relu', border_mode='same')(pool2)
    conv3 = Dropout(.5)(conv3)   # bottom of the U

    up4 = merge([UpSampling2D(size=(2, 2))(conv3), conv2], mode='concat', concat_axis=1)
    conv4 = Convolution2D(16, 3, 3, activation='relu', border_mode='same')(up4)

    up5 = merge([UpSampling2D(size=(2, 2))(conv4), conv1],
                mode='concat',
                concat_axis=1)  # channels
    conv5 = Convolution2D(8, 3, 3, activation='relu', border_mode='same')(up5)

    conv6 = Convolution2D(1, 1, 1, activation='sigmoid')(conv5)

    model = Model(input=inputs, output=conv6)
    model.compile(optimizer=Adam(lr=1e-5), loss=dice_coef_loss, metrics=[dice_coef])
    return model


def train(data_dir):
    imgs = np.load(os.path.join(data_dir, 'imgs_train.npy')).astype('float32')
    masks = np.load(os.path.join(data_dir, 'imgs_mask_train.npy')).astype('float32')
    model = get_unet()
    checkpoint = ModelCheckpoint('unet.hdf5', monitor='loss', save_best_only=True)
    model.fit(imgs, masks, batch_size=32, nb_epoch=20, verbose=1, shuffle=True,
              callbacks=[checkpoint])


if __name__ == '__main__':
    train('raw')
